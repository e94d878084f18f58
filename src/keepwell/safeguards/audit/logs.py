"""Begin the log of a new organisation, and list the logs there are."""

from uuid import UUID

from keepwell.safeguards.audit import heads
from keepwell.safeguards.audit.trail import models, statements, store
from keepwell.safeguards.tenancy.organisations import organisation_ids
from keepwell.toolkit.clock import now_us


def create_log(organisation: UUID) -> None:
    """Begin an empty, signed log unless there is one. Needs the organisation's keys."""
    moment = now_us()
    head = heads.empty_head(organisation, moment)
    with store.sequencing(organisation) as connection:
        statements.wait_for_turn(connection, organisation)
        if statements.newest_checkpoint(connection, organisation) is not None:
            return
        log = models.Log(id=organisation, created_us=moment)
        log.save(force_insert=True, using=connection.alias)
        row = (head.size, head.root, head.signed_us, head.note)
        statements.add_checkpoint(connection, organisation, row)


def all_logs() -> list[UUID]:
    """Return every organisation that has a log or ought to have one.

    The list of logs alone would not do: whoever takes an organisation out of it would take it out
    of every sweep and every check.
    """
    with store.outside_walls():
        listed = set(models.Log.objects.values_list("id", flat=True))
    return sorted(listed | set(organisation_ids()))


def is_listed(organisation: UUID) -> bool:
    """Tell whether the list of logs names this organisation."""
    with store.outside_walls():
        return models.Log.objects.filter(pk=organisation).exists()


def with_traces() -> list[UUID]:
    """Return `all_logs` and every organisation that a signed head or an entry names.

    On PostgreSQL the wall hides those of other organisations; only the owner of the tables could
    have taken the list of logs and the organisation itself away there.
    """
    found = set(all_logs())
    with store.outside_walls() as connection:
        if connection.vendor == "sqlite":
            found |= set(statements.organisations(connection))
    return sorted(found)
