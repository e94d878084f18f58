"""Checking a trail from its first entry to its signed head, with the alert that follows."""

import logging
from uuid import UUID

from django.db import Error as DatabaseError

from keepwell.safeguards.audit import verifier
from keepwell.safeguards.audit.reports import Finding
from keepwell.safeguards.monitoring import actions
from keepwell.safeguards.monitoring.rules import RuleCode
from keepwell.safeguards.tenancy.organisations import organisation_ids
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.safeguards.vault.errors import OrganisationKeysMissing
from keepwell.toolkit.errors import KeepwellError

_log = logging.getLogger(__name__)


def is_whole(organisation: UUID) -> bool:
    """Check a log and alert if it is not whole; one without keys keeps no others unchecked."""
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
        actions.stand(
            Viewer(kind=ViewerKind.SYSTEM, organisation=organisation),
            RuleCode.TRAIL_BROKEN,
            about=organisation,
            finding=finding.problem,
            position=finding.position,
        )
    except (DatabaseError, KeepwellError) as error:  # the log has it, and the next check tries
        _log.warning("no_alert organisation=%s error=%s", organisation, type(error).__name__)
