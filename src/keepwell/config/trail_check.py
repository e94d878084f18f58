"""Check every organisation's trail in the background, so the rail can say it is whole.

What is found is remembered in the process that looks (`audit.checked`); a broken trail is logged as
an error each time, never with content.
"""

import logging
from uuid import UUID

from keepwell.safeguards.audit import logs, verifier
from keepwell.safeguards.vault.errors import OrganisationKeysMissing

_log = logging.getLogger(__name__)


def check_all() -> int:
    """Check every log; return how many are not whole."""
    broken = 0
    for organisation in logs.with_traces():
        if not _is_whole(organisation):
            broken += 1
            _log.error("trail_broken organisation=%s", organisation)
    return broken


def _is_whole(organisation: UUID) -> bool:
    """Tell whether a log is whole; one that cannot be checked must not keep others unchecked."""
    try:
        return verifier.verify(organisation).is_whole
    except OrganisationKeysMissing:
        return False
