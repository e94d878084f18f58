"""Begin the log of a new organisation, and list the logs there are."""

from uuid import UUID

from keepwell.safeguards.audit import heads
from keepwell.safeguards.audit.trail import models, statements, store
from keepwell.toolkit.clock import now_us


def create_log(organisation: UUID) -> None:
    """Begin an empty, signed log unless there is one. Needs the organisation's keys."""
    moment = now_us()
    head = heads.empty_head(organisation, moment)
    with store.writing(organisation) as connection:
        statements.wait_for_turn(connection, organisation)
        if statements.newest_checkpoint(connection, organisation) is not None:
            return
        models.Log(id=organisation, created_us=moment).save(force_insert=True)
        row = (head.size, head.root, head.signed_us, head.note)
        statements.add_checkpoint(connection, organisation, row)


def all_logs() -> list[UUID]:
    """Return the organisations that have a log."""
    with store.outside_walls():
        return list(models.Log.objects.order_by("id").values_list("id", flat=True))
