"""Who wants a letter now, and what one chose before. The newest act of each holds."""

from uuid import UUID

from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.consent.models import MailingChoice
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer

MOST = 20
"""Of one's own acts, on the page."""


def newest_of(viewer: Viewer, account: UUID, letter: str) -> MailingChoice | None:
    """Return the act that holds; None: never chosen, which means no."""
    with wall.reading(viewer.organisation):
        rows = MailingChoice.objects.filter(account=account, letter=letter)
        found: MailingChoice | None = rows.order_by("-moment", "-id").first()
    return found


def wants(viewer: Viewer, account: UUID, letter: str) -> bool:
    """Tell whether an account wants a letter of the viewer's organisation now."""
    newest = newest_of(viewer, account, letter)
    return newest is not None and newest.is_wanted


def wanting(viewer: Viewer, letter: str) -> list[UUID]:
    """Return the accounts that want a letter now, members or not any more."""
    with wall.reading(viewer.organisation):
        rows = MailingChoice.objects.filter(letter=letter).order_by("moment", "id")
        newest = dict(rows.values_list("account", "is_wanted"))
    return [account for account, is_wanted in newest.items() if is_wanted]


def own(viewer: Viewer, letter: str) -> list[MailingChoice]:
    """List what the viewer chose of a letter and withdrew, newest first, at most `MOST`."""
    if viewer.actor is None:
        raise NotPermitted
    with wall.reading(viewer.organisation):
        rows = MailingChoice.objects.filter(account=viewer.actor, letter=letter)
        return list(rows.order_by("-moment", "-id")[:MOST])
