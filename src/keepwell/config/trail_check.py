"""Check every organisation's trail in the background, so the rail can say it is whole.

What is found is remembered in the process that looks (`audit.checked`); a broken trail is logged as
an error each time, never with content.
"""

import logging

from keepwell.safeguards.audit import logs, verifier

_log = logging.getLogger(__name__)


def check_all() -> int:
    """Check every log; return how many are not whole."""
    broken = 0
    for organisation in logs.all_logs():
        report = verifier.verify(organisation)
        if not report.is_whole:
            broken += 1
            _log.error("trail_broken organisation=%s", organisation)
    return broken
