"""The way from a change to the trail: rows committed with the change, moved by the writer.

An entry is first durable on the trail and then taken out of the outbox; a crash between the two
moves it again, and its id is recognised.
"""

from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.db import OperationalError, connections
from django.db.models import F

from keepwell.safeguards.audit.entries import Part, SealedEntry, pack_mentions, unpack_mentions
from keepwell.safeguards.audit.models import Moved, Outbox
from keepwell.safeguards.audit.sequencer import Sequencer
from keepwell.safeguards.audit.trail.statements import as_column
from keepwell.safeguards.tenancy import wall

if TYPE_CHECKING:
    from keepwell.safeguards.audit.trail.store import PatientConnection

BATCH = 1000
LOCK_SECONDS = 0.05

# By hand: every change of every record pays for this row, and the ORM takes four times as long.
_PUT = (
    "INSERT INTO audit_outbox "
    "(id, organisation_id, kind, time_us, period, key_id, payload, mentions) "
    "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
)


def put(sealed: SealedEntry) -> None:
    """Insert the row, inside the caller's transaction."""
    as_id = partial(as_column, connections["default"])
    with connections["default"].cursor() as cursor:
        cursor.execute(
            _PUT,
            (
                *(as_id(sealed.id), as_id(sealed.organisation), sealed.kind, sealed.time_us),
                *(sealed.period, as_id(sealed.key_id), sealed.payload),
                pack_mentions(sealed.mentions),
            ),
        )


class OutboxBusy(Exception):  # noqa: N818  names the fact
    """Somebody holds SQLite's one write lock: nothing is wrong, and the next turn takes it out."""


def drain(organisation: UUID, sequencer: Sequencer) -> bool:
    """Move at most one batch to the trail; return whether there may be more.

    Raises OutboxBusy when the batch is on the trail but could not be taken out of the outbox yet.
    """
    rows = _oldest(organisation)
    if not rows:
        return False
    sequencer.append(organisation, rows, may_be_there=True)
    _wait_briefly()
    try:
        with wall.writing(organisation):
            taken, _models = Outbox.objects.filter(id__in=[row.id for row in rows]).delete()
            _count(organisation, taken)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlite_errorname", "") == "SQLITE_BUSY":
            raise OutboxBusy from error
        raise
    return len(rows) == BATCH


def _count(organisation: UUID, taken: int) -> None:
    """Remember that so many more were handed over, with their going (`alongside`)."""
    if not Moved.objects.update(entries=F("entries") + taken):
        Moved(organisation_id=organisation, entries=taken).save(force_insert=True)


def _wait_briefly() -> None:
    """Let the writer's thread give up soon when somebody holds SQLite's one write lock.

    Whoever holds it may be waiting for this thread: a disclosure inside a transaction. The entries
    are on the trail already; taking them out of the outbox can wait for the next turn.
    """
    connection = connections["default"]
    if connection.vendor == "sqlite":
        cast("PatientConnection", connection).wait_at_most(LOCK_SECONDS)


def handed_over(organisation: UUID) -> int:
    """Return how many entries this data store has handed over to the log."""
    with wall.reading(organisation):
        return sum(Moved.objects.values_list("entries", flat=True))


def set_handed_over(organisation: UUID, count: int) -> None:
    """Go on from another number, as after a copy was put back knowingly (`alongside`)."""
    with wall.writing(organisation):
        Moved.objects.all().delete()
        Moved(organisation_id=organisation, entries=count).save(force_insert=True)


def ids(organisation: UUID) -> list[UUID]:
    """Return the ids of all entries that wait here."""
    with wall.reading(organisation):
        return list(Outbox.objects.values_list("id", flat=True))


def subjects(organisation: UUID, entry_ids: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Return which of these entries wait here, each with the rows that it names."""
    with wall.reading(organisation):
        rows = Outbox.objects.filter(id__in=list(entry_ids)).values_list("id", "mentions")
        return {
            id_: {one.about for one in unpack_mentions(bytes(packed)) if one.part is Part.SUBJECT}
            for id_, packed in rows
        }


def _oldest(organisation: UUID) -> list[SealedEntry]:
    with wall.reading(organisation):
        return [_sealed(row) for row in Outbox.objects.order_by("time_us", "id")[:BATCH]]


def _sealed(row: Outbox) -> SealedEntry:
    return SealedEntry(
        organisation=row.organisation_id,
        id=row.id,
        time_us=row.time_us,
        period=row.period,
        kind=row.kind,
        key_id=row.key_id,
        payload=bytes(row.payload),
        mentions=unpack_mentions(bytes(row.mentions)),
    )
