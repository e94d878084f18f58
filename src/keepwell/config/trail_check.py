"""Check every organisation's trail in the background, so the rail can say it is whole.

What is found is remembered in the process that looks (`audit.checked`); a broken trail is logged as
an error each time, never with content, and raises one alert (`monitoring.checks`).
"""

import logging

from keepwell.safeguards.audit import logs
from keepwell.safeguards.monitoring import checks

_log = logging.getLogger(__name__)


def check_all() -> int:
    """Check every log; return how many are not whole."""
    broken = 0
    for organisation in logs.with_traces():
        if not checks.is_whole(organisation):
            broken += 1
            _log.error("trail_broken organisation=%s", organisation)
    return broken
