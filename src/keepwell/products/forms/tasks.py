"""What forms does by itself: answers never sent are erased a week after the last one."""

from datetime import timedelta
from uuid import UUID

from keepwell.products.forms.actions.answering import expire_drafts
from keepwell.safeguards.tenancy.organisations import organisation_ids
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit import clock

DRAFT_DAYS = 7


def system_viewer(organisation: UUID) -> Viewer:
    """Return the viewer of work that nobody started."""
    return Viewer(kind=ViewerKind.SYSTEM, organisation=organisation)


def expire_all_drafts() -> int:
    """Erase every organisation's drafts that nobody touched for a week; return how many."""
    before = clock.now() - timedelta(days=DRAFT_DAYS)
    return sum(
        expire_drafts(system_viewer(organisation), before=before)
        for organisation in organisation_ids()
    )
