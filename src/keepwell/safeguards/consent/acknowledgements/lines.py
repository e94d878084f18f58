"""What a person's page and a person's own copy say of acknowledgements."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from keepwell.safeguards.access.manifest import PersonLine, PersonPart
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.consent.acknowledgements.queries import said_by
from keepwell.safeguards.consent.acknowledgements.saying import reason
from keepwell.safeguards.consent.languages import language_of
from keepwell.safeguards.consent.models import Acknowledgement
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.records.disclosure import Scope
from keepwell.safeguards.tenancy.viewer import Viewer

_SYSTEM = "http://terminology.hl7.org/CodeSystem/"
_PRIVACY = {"system": f"{_SYSTEM}consentscope", "code": "patient-privacy"}
_ACKNOWLEDGED = {"system": "http://loinc.org", "code": "57016-8"}  # Privacy policy acknowledgement


def version_words(row: Acknowledgement) -> str:
    """Say which version in which language."""
    said = _("Version %(number)s, %(language)s")
    return said % {"number": row.notice.number, "language": language_of(row.language).name}


def person_lines(viewer: Viewer, persons: tuple[UUID, ...]) -> Iterator[PersonLine]:
    """List when these persons were asked about the notice, for their timeline."""
    if not may(viewer, PersonPermission.OPEN):
        return
    for row in said_by(viewer, persons):
        yield PersonLine(
            title=_title(row),
            moment=row.moment,
            icon="check" if row.is_received else "info",
            words=version_words(row),
        )


@sensitive_variables()
def person_parts(viewer: Viewer, persons: tuple[UUID, ...], scope: Scope) -> Iterator[PersonPart]:
    """Open what these persons said about the notice; all of it is noted in the scope."""
    if not may(viewer, PersonPermission.OPEN):
        return
    for row in scope.open(said_by(viewer, persons), "why"):
        received = _("Yes") if row.is_received else _("Not said")
        facts = [(_("Notice"), (version_words(row),)), (_("Received"), (received,))]
        if row.why is not None:
            facts.append((_("Why not"), (reason(row.why.open()),)))
        yield PersonPart(
            id=row.pk,
            title=_title(row),
            moment=row.moment,
            reference=str(row.pk)[-12:],
            sections=((_("What was said"), tuple(facts)),),
            resource=json.dumps(_resource(row)).encode(),
        )


def _title(row: Acknowledgement) -> str:
    if row.is_received:
        return _("Received the Notice of Privacy Practices")
    return _("Did not say that the Notice of Privacy Practices was received")


@sensitive_variables()
def _resource(row: Acknowledgement) -> dict[str, Any]:
    """Return it as a FHIR R4 Consent, whose category says that it acknowledges a policy."""
    made: dict[str, Any] = {
        "resourceType": "Consent",
        "id": str(row.pk),
        "status": "active" if row.is_received else "rejected",
        "scope": {"coding": [_PRIVACY]},
        "category": [{"coding": [_ACKNOWLEDGED]}],
        "patient": {"reference": f"urn:uuid:{row.person_id}"},
        "dateTime": row.moment.isoformat(timespec="seconds"),
        "policyRule": {"text": f"Notice of Privacy Practices, version {row.notice.number}"},
    }
    if row.why is not None:
        made["policyRule"]["text"] += f"; not acknowledged: {reason(row.why.open())}"
    return made
