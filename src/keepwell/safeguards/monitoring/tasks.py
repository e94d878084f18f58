"""Work by the clock: the rules look at what is new on every trail."""

import logging

from django.utils.translation import gettext_lazy as _

from keepwell.jobs.declaring import job
from keepwell.jobs.work import Work
from keepwell.safeguards.monitoring import watch
from keepwell.safeguards.tenancy.organisations import organisation_ids
from keepwell.toolkit.errors import KeepwellError

_log = logging.getLogger(__name__)


@job("monitoring:trail:watch", title=_("Look at the trail for what alerts"), every="* * * * *")
def look_at_trails(work: Work) -> None:
    """Go through every organisation; a trail that cannot be read keeps no other from its look.

    What was looked at is remembered for each, in the transaction of its alerts: steps of the job
    would add nothing.
    """
    for one in organisation_ids():
        work.checkpoint()
        try:
            watch.look(one)
        except KeepwellError as error:  # a broken trail raises its alert by its check
            _log.warning("trail_not_watched organisation=%s error=%s", one, error.code)
