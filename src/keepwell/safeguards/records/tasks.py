"""Work by the clock: records that had their time go, indexes move to the newest key."""

from django.utils.translation import gettext_lazy as _

from keepwell.jobs.declaring import job
from keepwell.jobs.work import Work
from keepwell.safeguards.records import expiry, reindexing


@job(
    "records:retention:erase",
    title=_("Erase records that were kept as long as they are to be"),
    every="23 * * * *",
    is_long=True,
)
def erase_expired(work: Work) -> None:
    """Erase in every organisation; what is done is done, so it may stop after any batch."""
    expiry.erase_all_expired(pause=work.checkpoint)


@job(
    "records:index:renew",
    title=_("Renew search indexes under their new key"),
    every="*/5 * * * *",
    is_long=True,
)
def renew_indexes(work: Work) -> None:
    """Go on with renewals that are under way; where none is, no table is asked."""
    reindexing.go_on(pause=work.checkpoint)


@job(
    "records:index:mend",
    title=_("Renew search indexes that were left behind"),
    every="41 3 * * *",
    is_long=True,
)
def mend_indexes(work: Work) -> None:
    """Renew rows under a key that is gone, as a restored backup brings them."""
    reindexing.renew_strays(pause=work.checkpoint)
