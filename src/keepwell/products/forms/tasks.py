"""What forms does by itself: answers never sent are erased a week after the last one."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from keepwell.jobs.declaring import job
from keepwell.jobs.work import Work
from keepwell.products.forms.actions.answering import expire_drafts
from keepwell.products.forms.drafting import DRAFT_DAYS
from keepwell.safeguards.tenancy.organisations import organisation_ids
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit import clock


@job("forms:drafts:expire", title=_("Erase answers that were never sent"), every="17 * * * *")
def expire_all_drafts(work: Work) -> None:
    """Erase every organisation's drafts that nobody touched for a week, one at a time."""
    before = clock.now() - timedelta(days=DRAFT_DAYS)
    for organisation in organisation_ids():
        work.checkpoint()
        viewer = Viewer(kind=ViewerKind.SYSTEM, organisation=organisation, request=work.id)
        expire_drafts(viewer, before=before)
