"""Work by the clock: writing down what fell back by itself."""

from django.utils.translation import gettext_lazy as _

from keepwell.jobs.declaring import job
from keepwell.jobs.work import Work
from keepwell.safeguards.access.falling_back import actions as falling_back
from keepwell.safeguards.tenancy.organisations import organisation_ids
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind


@job("access:raised:sweep", title=_("Write down raised access that ended"), every="*/5 * * * *")
def sweep(work: Work) -> None:
    """Go through every organisation: access itself ended on time, the entry follows."""
    every = organisation_ids()
    for one in every[work.done :]:
        with work.step(of=len(every)):
            falling_back.sweep(Viewer(kind=ViewerKind.SYSTEM, organisation=one))
