"""From an uploaded file to a definition that may be stored, or to every reason why not."""

import hashlib
from dataclasses import dataclass
from typing import Any

from keepwell.products.forms.definition import documents
from keepwell.products.forms.definition.conditions import condition_findings
from keepwell.products.forms.definition.extensions import (
    contained_notices,
    extension_notices,
    initial_findings,
    modifier_findings,
)
from keepwell.products.forms.definition.findings import (
    DefinitionRefused,
    Finding,
    Notice,
    finding,
)
from keepwell.products.forms.definition.limits import limit_findings
from keepwell.products.forms.definition.structure import (
    all_items,
    item_findings,
    root_findings,
)


@dataclass(frozen=True)
class Definition:
    """A FHIR R4 Questionnaire that passed: its canonical JSON, digest and what it will not do."""

    document: dict[str, Any]
    canonical: bytes
    sha256: str
    notices: tuple[Notice, ...]

    @property
    def title(self) -> str:
        """Return the title, or the nearest thing the document has."""
        named = (self.document.get(key) for key in ("title", "name", "id"))
        return next((one.strip() for one in named if isinstance(one, str) and one.strip()), "")


def parse(raw: bytes) -> Definition:
    """Read an uploaded Questionnaire; raise DefinitionRefused with every finding."""
    try:
        document = documents.read(raw)
    except documents.DocumentUnreadable as unreadable:
        found = finding("", unreadable.code, **unreadable.parameters)
        raise DefinitionRefused((found,)) from unreadable
    refused = tuple(root_findings(document))
    if isinstance(document, dict) and document.get("resourceType") == "Questionnaire":
        refused += _findings(document)
    if refused:
        raise DefinitionRefused(refused)
    canonical = documents.encode(document)
    notices = (*extension_notices(document), *contained_notices(document))
    return Definition(document, canonical, hashlib.sha256(canonical).hexdigest(), notices)


def _findings(document: dict[str, Any]) -> tuple[Finding, ...]:
    items = list(all_items(document))
    return (
        *item_findings(items),
        *condition_findings(items),
        *limit_findings(items),
        *initial_findings(items),
        *modifier_findings(document),
    )
