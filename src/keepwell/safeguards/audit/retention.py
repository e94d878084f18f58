"""Erase what old entries say, and keep every proof: the period's key is shredded, the payload goes.

The law asks for six years (45 CFR 164.316(b)(2)(i)); an organisation may keep more. An entry stays
in the log for ever with its time, kind and the digest of what it said.
"""

from collections.abc import Mapping
from uuid import UUID

from keepwell.safeguards.audit import erasures, waiting, writer
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import period_of
from keepwell.safeguards.audit.events import AuditEvent
from keepwell.safeguards.audit.sealing import KEY_NAME
from keepwell.safeguards.audit.trail import models, statements, store
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault import keys
from keepwell.toolkit import clock

FEWEST_YEARS = 6
MOST_YEARS = 100


def first_kept(years: int) -> int:
    """Return the oldest period that is kept: so many years of months, and the present one."""
    return period_of(clock.now_us()) - 100 * max(years, FEWEST_YEARS)


def expired(organisation: UUID, years: int) -> Mapping[int, UUID]:
    """Return the keys of periods whose time is over, by period."""
    named = keys.shared_keys(organisation, KEY_NAME)
    periods = {int(name.removeprefix(KEY_NAME)): key_id for name, key_id in named.items()}
    before = first_kept(years)
    return {period: key_id for period, key_id in sorted(periods.items()) if period < before}


def set_years(viewer: Viewer, years: int, *, reason: str = "") -> None:
    """Keep what entries say for so many years from now on; on the trail."""
    with wall.writing(viewer.organisation):
        row = Organisation.held(viewer.organisation)
        row.trail_years = years
        row.full_clean(exclude=["logo"])
        row.save(update_fields=["trail_years"])
        detail = {"years": str(years)}
        record(viewer, AuditEvent.RETENTION_CHANGE, reason=reason, detail=detail)


def years_of(organisation: UUID) -> int:
    """Return for how many years an organisation keeps what entries say."""
    with wall.reading(organisation):
        found = Organisation.objects.filter(pk=organisation).values_list("trail_years", flat=True)
        return max(found.first() or FEWEST_YEARS, FEWEST_YEARS)


def drop_expired(viewer: Viewer) -> int:
    """Erase expired periods and drop their payloads; return how many payloads went.

    Each erasure is on the trail first (`erasures`); what a kill cut short is finished by the next
    run.
    """
    organisation = viewer.organisation
    years = years_of(organisation)
    for period in _unsaid(organisation, first_kept(years)):
        erasures.say_erased(viewer, period)
    for period in expired(organisation, years):
        erasures.erase_period(viewer, period, reason="")
    writer.settle(organisation)
    with store.sequencing(organisation) as connection:
        return statements.drop_payloads(connection, organisation, first_kept(years))


def _unsaid(organisation: UUID, before: int) -> list[int]:
    """Return months whose time is over, whose key is gone, and of which the log says nothing.

    So it is when an older copy of the trail was put back beside a newer keystore.
    """
    if waiting.is_late(organisation, clock.now_us()):
        return []  # what is said may be on its way: the next run looks again
    with store.reading(organisation):
        held = models.Entry.objects.filter(
            organisation_id=organisation, period__lt=before, payload__isnull=False
        )
        periods = set(held.order_by().values_list("period", flat=True).distinct())
    if not periods:
        return []
    ordered, named = erasures.of(organisation), keys.shared_keys(organisation, KEY_NAME)
    return sorted(
        period
        for period in periods
        if not ordered.covers(period) and f"{KEY_NAME}{period}" not in named
    )
