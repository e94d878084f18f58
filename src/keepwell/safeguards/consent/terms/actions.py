"""Accepting terms and rules, and publishing what an organisation adds to the rules."""

from collections.abc import Collection

from keepwell.safeguards.access.queries import allow
from keepwell.safeguards.access.turns import take_turn
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.consent.errors import NothingWritten
from keepwell.safeguards.consent.events import ConsentEvent
from keepwell.safeguards.consent.models import Acceptance, RulesAddition
from keepwell.safeguards.consent.permissions import ConsentPermission
from keepwell.safeguards.consent.terms.queries import Version, owed
from keepwell.safeguards.consent.terms.texts import LANGUAGE, Kind
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit.clock import now

MOST_LETTERS = 20_000
_KINDS = {Kind.RULES: ConsentEvent.RULES_ACCEPT, Kind.TERMS: ConsentEvent.TERMS_ACCEPT}


def accept(viewer: Viewer, *, shown: Collection[Version]) -> bool:
    """Keep that the viewer accepts what was shown; tell whether nothing is owed any more.

    What is not owed, because it was accepted in another window or a newer version came meanwhile,
    is passed over: nobody accepts what they were not shown.
    """
    with wall.writing(viewer.organisation):
        Organisation.held(viewer.organisation)  # an acceptance is kept once
        for version in owed(viewer):
            if version in shown:
                _keep(viewer, version)
        return not owed(viewer)


def _keep(viewer: Viewer, version: Version) -> None:
    row = Acceptance.objects.create(
        organisation_id=viewer.organisation,
        account=viewer.actor,
        kind=version.kind,
        version=version.number,
        addition=version.addition,
        language=LANGUAGE,
    )
    subject = Subject("consent.acceptance", (row.pk,))
    record(viewer, _KINDS[version.kind], subjects=(subject,), detail={"version": version.words})


def publish_addition(viewer: Viewer, *, text: str) -> RulesAddition:
    """Publish what the organisation adds to the rules, or that it adds nothing any more.

    Everybody is asked anew at the next sign-in. Raises NothingWritten when nothing differs.
    """
    allow(viewer, ConsentPermission.RULES_PUBLISH)
    wanted = text.strip()[:MOST_LETTERS]
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        newest = RulesAddition.objects.order_by("-number").first()
        if wanted == (newest.text if newest else ""):
            raise NothingWritten
        row: RulesAddition = RulesAddition.objects.create(
            organisation_id=viewer.organisation,
            number=newest.number + 1 if newest else 1,
            text=wanted,
            published=now(),
            published_by=viewer.actor,
        )
        subject = Subject("consent.rulesaddition", (row.pk,))
        detail = {"number": str(row.number)}
        record(viewer, ConsentEvent.RULES_PUBLISH, subjects=(subject,), detail=detail)
    return row
