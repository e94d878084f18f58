"""Check every organisation's trail in the background, so the rail can say it is whole.

What is found is remembered in the process that looks (`audit.checked`); a broken trail is logged as
an error each time, never with content, and raises one alert (`monitoring`).
"""

import logging
from uuid import UUID

from django.db import Error as DatabaseError

from keepwell.safeguards.audit import logs, verifier
from keepwell.safeguards.audit.reports import Finding
from keepwell.safeguards.monitoring import watch
from keepwell.safeguards.tenancy.organisations import organisation_ids
from keepwell.safeguards.vault.errors import OrganisationKeysMissing
from keepwell.toolkit.errors import KeepwellError

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
        finding = verifier.verify(organisation).finding
    except OrganisationKeysMissing:
        return False
    if finding is not None:
        _alert(organisation, finding)
    return finding is None


def _alert(organisation: UUID, finding: Finding) -> None:
    """Raise an alert in the data store, if that still has the organisation."""
    if organisation not in organisation_ids():
        return
    try:
        watch.note_check(organisation, finding)
    except (DatabaseError, KeepwellError) as error:  # the log has it, and the next check tries
        _log.warning("no_alert organisation=%s error=%s", organisation, type(error).__name__)
