"""Data keys, one per person or record: wrapping, loading many at once, shredding.

65 bytes each in the store: format 1 (33) over the key (32), under the organisation key, bound to
the organisation, the key's own id and its version.
"""

import contextlib
import os
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from keepwell.safeguards.vault import observer, organisation_keys
from keepwell.safeguards.vault.cache import KeyCache
from keepwell.safeguards.vault.errors import KeyGone, KeystoreUnavailable
from keepwell.safeguards.vault.held import HeldKey, Unwrapped
from keepwell.safeguards.vault.keystore import access, notices
from keepwell.safeguards.vault.keystore.models import DataKey, NoticeKind, SharedKey
from keepwell.safeguards.vault.observer import Verb
from keepwell.toolkit import clock, envelope
from keepwell.toolkit.identifiers import uuid7

EXPIRY_SECONDS = 60.0
# How long a key counts when `vault.watch` has not confirmed that no process shredded it.
ALONE_SECONDS = organisation_keys.ALONE_SECONDS
UNUSED_AFTER = timedelta(days=1)
_AT_ONCE = 500  # ids in one statement
_NOTICE_OF = {Verb.SHRED: NoticeKind.SHRED, Verb.SWEEP: NoticeKind.SWEEP}

held: KeyCache[int] = KeyCache(
    size=4096, expiry_seconds=EXPIRY_SECONDS, alone_seconds=ALONE_SECONDS
)


def _parts(organisation: UUID, key_id: UUID, version: int) -> bytes:
    return envelope.length_prefixed(
        b"key/1", organisation.bytes, key_id.bytes, version.to_bytes(4, "big")
    )


def _in_batches(key_ids: Iterable[UUID]) -> list[list[UUID]]:
    every = list(key_ids)
    return [every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE)]


def _wrapped_row(
    organisation: UUID, key_id: UUID, unwrapped: Unwrapped, wrapping: Unwrapped
) -> DataKey:
    """Return the row that keeps a data key, wrapped under a version of the organisation key."""
    parts = _parts(organisation, key_id, unwrapped.version)
    wrapped = unwrapped.derive(
        lambda material: envelope.seal(wrapping.cipher, wrapping.version, parts, bytes(material))
    )
    return DataKey(
        organisation_id=organisation,
        key_id=key_id,
        version=unwrapped.version,
        wrapped=wrapped,
        made=clock.now(),
    )


def make(organisation: UUID, count: int) -> list[tuple[UUID, HeldKey]]:
    """Make data keys in one keystore commit; they are durable when this returns."""
    made = [(uuid7(), _new(1)) for _number in range(count)]
    organisation_keys.organisation_key(organisation)  # ask the root key before the lock is held
    with access.writing(organisation):
        wrapping = organisation_keys.newest_version(organisation)
        DataKey.objects.bulk_create(
            _wrapped_row(organisation, key_id, unwrapped, wrapping) for key_id, unwrapped in made
        )
    observer.report(Verb.MAKE, organisation, [key_id for key_id, _unwrapped in made])
    return [(key_id, HeldKey(organisation, [unwrapped])) for key_id, unwrapped in made]


def _new(version: int) -> Unwrapped:
    return Unwrapped(bytearray(os.urandom(envelope.KEY_BYTES)), version)


def add_version(organisation: UUID, key_id: UUID) -> int:
    """Add a version to a data key and return it: it seals from now on, older ones still open."""
    held.drop([key_id.int])
    version = data_key(organisation, key_id).newest.version + 1
    unwrapped = _new(version)
    with access.writing(organisation):
        wrapping = organisation_keys.newest_version(organisation)
        _wrapped_row(organisation, key_id, unwrapped, wrapping).save(force_insert=True)
    held.drop([key_id.int])
    unwrapped.wipe()
    return version


def data_key(organisation: UUID, key_id: UUID) -> HeldKey:
    """Return a key of this organisation; KeyGone if shredded, never made, or another's."""
    found = held.get(key_id.int)
    if found is None:
        found = load(organisation, [key_id]).get(key_id)
    if found is None or found.organisation != organisation.int:
        raise KeyGone
    return found


def data_key_version(organisation: UUID, key_id: UUID, version: int) -> Unwrapped | None:
    """Return one version of a key, looking again once: another process may just have added it."""
    found = data_key(organisation, key_id).versions.get(version)
    if found is None:
        held.drop([key_id.int])
        found = data_key(organisation, key_id).versions.get(version)
    return found


def load(organisation: UUID, key_ids: Iterable[UUID]) -> dict[UUID, HeldKey]:
    """Return the keys among these that exist, fetching all that are not held with one query."""
    found: dict[UUID, HeldKey] = {}
    missing: list[UUID] = []
    for key_id in dict.fromkeys(key_ids):
        key = held.get(key_id.int)
        if key is None:
            missing.append(key_id)
        elif key.organisation == organisation.int:
            found[key_id] = key
    for batch in _in_batches(missing):
        found |= _fetch(organisation, batch)
    return found


def _fetch(organisation: UUID, key_ids: list[UUID]) -> dict[UUID, HeldKey]:
    epoch = held.epoch
    with access.reading(organisation):
        rows = list(
            DataKey.objects.filter(key_id__in=key_ids).values_list("key_id", "version", "wrapped")
        )
    versions: dict[UUID, list[Unwrapped]] = {}
    for key_id, version, wrapped in rows:
        opened = _unwrap(organisation, key_id, version, bytes(wrapped))
        versions.setdefault(key_id, []).append(opened)
    fetched = {key_id: HeldKey(organisation, keys) for key_id, keys in versions.items()}
    for key_id, key in fetched.items():
        held.put(key_id.int, key, epoch)
    observer.report(Verb.UNWRAP, organisation, fetched)
    return fetched


def _unwrap(organisation: UUID, key_id: UUID, version: int, wrapped: bytes) -> Unwrapped:
    wrapping = organisation_keys.wrapping_version(organisation, envelope.key_version_of(wrapped))
    parts = _parts(organisation, key_id, version)
    return Unwrapped(envelope.open_key_into(wrapping.cipher, parts, wrapped), version)


def delete_all(organisation: UUID) -> int:
    """Delete every data key of an organisation, inside `access.writing`; return how many."""
    SharedKey.objects.all().delete()
    return int(DataKey.objects.all().delete()[0])


def rewrapped(
    organisation: UUID, key_id: UUID, version: int, wrapped: bytes, newest: Unwrapped
) -> bytes:
    """Return a data key's wrap under another version of the organisation key; SealBroken."""
    wrapping = organisation_keys.wrapping_version(organisation, envelope.key_version_of(wrapped))
    parts = _parts(organisation, key_id, version)
    opened = envelope.open_key_into(wrapping.cipher, parts, wrapped)
    fresh = envelope.seal(newest.cipher, newest.version, parts, bytes(opened))
    opened[:] = bytes(len(opened))
    return fresh


def delete(
    organisation: UUID, key_ids: Collection[UUID], verb: Verb, entry: UUID | None = None
) -> int:
    """Delete keys in one keystore transaction and forget them here; return how many there were.

    The notice by which other processes forget them is part of it, and names the trail's `entry`.
    Emptying the write-ahead log after it may fail or find a reader in its way: the keys are deleted
    all the same, and the next sweep or shredding empties it.
    """
    gone = set(key_ids)
    with access.writing(organisation):
        existing: set[UUID] = set()
        for batch in _in_batches(gone):
            rows = DataKey.objects.filter(key_id__in=batch)
            existing.update(rows.values_list("key_id", flat=True))
            rows.delete()
            SharedKey.objects.filter(key_id__in=batch).delete()
        if existing:
            notices.add(_NOTICE_OF[verb], existing, entry)
    held.drop([key_id.int for key_id in gone])
    with contextlib.suppress(KeystoreUnavailable):
        access.forget_deleted()
    observer.report(verb, organisation, existing)
    return len(existing)


def unused(organisation: UUID, used_ids: Iterable[UUID]) -> set[UUID]:
    """Return keys older than a day that are neither used nor shared."""
    return unnamed(organisation, used_ids, made_before=clock.now() - UNUSED_AFTER)


def unnamed(
    organisation: UUID, used_ids: Iterable[UUID], made_before: datetime | None = None
) -> set[UUID]:
    """Return keys, or those made before some moment, that are neither used nor shared."""
    with access.reading(organisation):
        every = DataKey.objects.filter(made__lt=made_before or datetime.max.replace(tzinfo=UTC))
        old = set(every.values_list("key_id", flat=True))
        shared = set(SharedKey.objects.values_list("key_id", flat=True))
    return old - shared - set(used_ids)
