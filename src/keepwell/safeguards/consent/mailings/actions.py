"""Choosing a letter and withdrawing: each act is kept by version and time, and is on the trail."""

from uuid import UUID

from django.utils.translation import get_language

from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.consent.events import ConsentEvent
from keepwell.safeguards.consent.mailings.queries import newest_of, wants
from keepwell.safeguards.consent.models import MailingChoice, Way
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer

_KINDS = {True: ConsentEvent.MAILING_CHOOSE, False: ConsentEvent.MAILING_WITHDRAW}


def choose(viewer: Viewer, *, letter: str, version: int) -> MailingChoice | None:
    """Keep that the viewer wants a letter, as this version of the page offered it.

    It is one's own, so no permission is asked. None: it was chosen already.
    """
    if viewer.actor is None:
        raise NotPermitted
    return _keep(viewer, viewer.actor, letter, offered=version, way=Way.PAGE)


def withdraw(viewer: Viewer, *, account: UUID, letter: str, way: Way) -> MailingChoice | None:
    """Keep that an account wants a letter no more: from its page, or by the link in the letter.

    Whoever holds the link may be anybody, and can do nothing with it but this. None: there is
    nothing to withdraw.
    """
    if way is Way.PAGE and viewer.actor != account:
        raise NotPermitted
    return _keep(viewer, account, letter, offered=None, way=way)


def _keep(
    viewer: Viewer, account: UUID, letter: str, *, offered: int | None, way: Way
) -> MailingChoice | None:
    """Add a row unless the newest says so already; with no version offered, a withdrawal."""
    is_wanted = offered is not None
    if wants(viewer, account, letter) is is_wanted:  # also where the organisation is gone
        return None
    with wall.writing(viewer.organisation):
        Organisation.held(viewer.organisation)  # two windows at once leave one row
        newest = newest_of(viewer, account, letter)
        if is_wanted == (newest is not None and newest.is_wanted):
            return None
        version = offered if offered is not None else newest.version if newest else 0
        row: MailingChoice = MailingChoice.objects.create(
            organisation_id=viewer.organisation,
            account=account,
            letter=letter,
            version=version,
            language=get_language() or "",
            is_wanted=is_wanted,
            way=way,
        )
        subjects = (
            Subject("consent.mailingchoice", (row.pk,)),
            Subject("identity.user", (account,)),
        )
        detail = {"letter": letter, "version": str(version), "way": way.value}
        record(viewer, _KINDS[is_wanted], subjects=subjects, detail=detail)
    return row
