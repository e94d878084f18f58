"""Work by the clock: forgetting sessions, links and failed tries that are long over."""

from django.utils.translation import gettext_lazy as _

from keepwell.jobs.declaring import job
from keepwell.jobs.work import Work
from keepwell.safeguards.identity import desks, links, replacements, sessions, throttle, trusts


@job("identity:past:sweep", title=_("Forget sessions and links long over"), every="11 * * * *")
def sweep(work: Work) -> None:
    """Delete what is of no more use; the trail keeps what happened."""
    with work.step(of=1):
        sessions.sweep()
        desks.sweep()
        links.sweep()
        replacements.sweep()
        throttle.sweep()
        trusts.sweep()
