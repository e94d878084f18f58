"""Work of the installation as a whole, which belongs to no app because it asks all of them."""

from django.utils.translation import gettext_lazy as _

from keepwell.config import key_sweep
from keepwell.jobs.declaring import job
from keepwell.jobs.work import Work
from keepwell.safeguards.tenancy.sqlite.statistics import count_tables


@job("vault:keys:sweep", title=_("Destroy keys that were never used"), every="23 */6 * * *")
def sweep_keys(work: Work) -> None:
    """Destroy data keys made ahead and never used, once a day has passed."""
    work.checkpoint()
    key_sweep.sweep()


@job("tenancy:tables:count", title=_("Keep searches quick"), every="7 * * * *")
def count(work: Work) -> None:
    """Count what the tables of the data hold: the trail and the keys are asked in one way only."""
    work.checkpoint()
    count_tables("default")
