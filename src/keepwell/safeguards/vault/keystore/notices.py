"""Notices: what was shredded, committed with the shredding and read by every process.

Sequence numbers are committed in their own order, so whoever has seen number N has seen all below.
SQLite has one writer; on PostgreSQL a lock that ends with the transaction says so.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connections
from django.db.models import Max

from keepwell.safeguards.vault.keystore import access
from keepwell.safeguards.vault.keystore.models import Notice, NoticeKind
from keepwell.toolkit import clock

_ID_BYTES = 16
_MOST_IDS = 4096  # in one row; a sweep may name many more
_LOCK = 0x6B65_6570_6E6F_7465


@dataclass(frozen=True, slots=True)
class Notified:
    """One notice, read."""

    sequence: int
    kind: NoticeKind
    ids: tuple[UUID, ...]
    made: datetime


def add(kind: NoticeKind, ids: Iterable[UUID], entry: UUID | None = None) -> None:
    """Leave a notice; call inside `access.writing`, in the transaction that it speaks of."""
    connection = connections[access.STORE]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    every = sorted(ids)
    for start in range(0, max(len(every), 1), _MOST_IDS):
        Notice.objects.create(
            kind=kind.value,
            named=b"".join(id_.bytes for id_ in every[start : start + _MOST_IDS]),
            entry_id=entry,
            made=clock.now(),
        )


def newest() -> int:
    """Return the number of the newest notice, 0 when there is none. Raises KeystoreUnavailable."""
    with access.outside_walls():
        number: int | None = Notice.objects.aggregate(newest=Max("sequence"))["newest"]
    return number or 0


def after(sequence: int) -> list[Notified]:
    """Return what was noticed after this number, in order."""
    with access.outside_walls():
        return [_read(row) for row in Notice.objects.filter(sequence__gt=sequence).order_by("pk")]


def of_entry(entry: UUID) -> list[Notified]:
    """Return the notices that this entry of the trail ordered; none while its keys still exist."""
    with access.outside_walls():
        return [_read(row) for row in Notice.objects.filter(entry_id=entry).order_by("pk")]


def _read(row: Notice) -> Notified:
    named = bytes(row.named)
    ids = tuple(
        UUID(bytes=named[start : start + _ID_BYTES]) for start in range(0, len(named), _ID_BYTES)
    )
    return Notified(row.sequence, NoticeKind(row.kind), ids, row.made)
