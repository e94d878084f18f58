"""What forms keeps about a person, for an export: each submission in words and as FHIR R4."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from keepwell.products.forms import summaries
from keepwell.products.forms.answers.responses import to_response
from keepwell.products.forms.definition.documents import encode
from keepwell.products.forms.permissions import FormsPermission
from keepwell.products.forms.queries import inbox
from keepwell.products.forms.queries.files import content_of
from keepwell.products.forms.values import from_stored
from keepwell.products.forms.versions import compiled_version
from keepwell.safeguards.access.manifest import PersonFile, PersonPart
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.records.disclosure import Scope
from keepwell.safeguards.tenancy.viewer import Viewer

LABELS = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
Link = Mapping[str, str]  # a file's sha256 to its address in the export


@sensitive_variables()
def person_parts(viewer: Viewer, persons: tuple[UUID, ...], scope: Scope) -> Iterator[PersonPart]:
    """Open everything that these persons sent; all of it is noted in the scope.

    Of what is kept for other colleagues it is said that it is there: they export it.
    """
    if not may(viewer, FormsPermission.SUBMISSION_OPEN):
        return
    yield from map(_kept, inbox.kept_about(viewer, persons))
    rows = scope.open(inbox.submissions_about(viewer, persons, limit=None), "answers")
    for row in rows:
        files = scope.open(inbox.files_of(viewer, row), "name", "sha256")
        yield PersonPart(
            id=row.pk,
            title=row.version.title,
            moment=row.arrived,
            reference=row.reference,
            sections=_in_words(row),
            resource=encode(_resource(row, files)),
            files=tuple(_file(scope, one) for one in files),
        )


def _kept(row: Any) -> PersonPart:
    """Tell of a submission without what it says (FHIR R4 security label REDACTED)."""
    words = _("It is kept for other colleagues, and is not in this export. One of them exports it.")
    resource = {
        "resourceType": "QuestionnaireResponse",
        "id": str(row.pk),
        "meta": {"security": [{"system": LABELS, "code": "REDACTED"}]},
        "identifier": {"value": row.reference},
        "status": "completed",
        "subject": {"reference": f"urn:uuid:{row.person_id}"},
        "authored": row.arrived.isoformat(timespec="seconds"),
    }
    return PersonPart(
        id=row.pk,
        title=_("A form"),
        moment=row.arrived,
        reference=row.reference,
        sections=(("", ((_("Left out"), (words,)),)),),
        resource=encode(resource),
    )


def _in_words(row: Any) -> tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...]:
    return tuple(
        (section.title, tuple((line.label, line.values) for line in section.rows))
        for section in summaries.opened_sections(row)
    )


@sensitive_variables()
def _resource(row: Any, files: Sequence[Any]) -> dict[str, Any]:
    response = to_response(
        compiled_version(row.version),
        from_stored(row.answers.open()),
        authored=row.arrived,
        identifier=row.reference,
    )
    response["id"] = str(row.pk)
    response["subject"] = {"reference": f"urn:uuid:{row.person_id}"}
    linked: dict[str, Any] = _linked(
        response, {f"urn:keepwell:file:{one.sha256.open()}": f"urn:uuid:{one.pk}" for one in files}
    )
    return linked


def _linked(node: Any, links: Link) -> Any:
    """Return a resource whose attachments lead to the files beside it."""
    match node:
        case dict():
            return {
                key: links.get(value, value) if key == "url" else _linked(value, links)
                for key, value in node.items()
            }
        case list():
            return [_linked(each, links) for each in node]
    return node


def _file(scope: Scope, file: Any) -> PersonFile:
    return PersonFile(
        id=file.pk,
        name=file.name.open(),
        media_type=file.media_type,
        size=file.bytes_total,
        read=partial(content_of, scope, file),
    )
