"""An organisation's own keys: the one that wraps its data keys, its index key, its signing key.

    root key -> organisation key (versions) -> index key, signing key, data keys

Unwrapped they are held for ten minutes, so the root key's provider is asked once per organisation
and ten minutes.
"""

import contextlib
import os
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Max

from keepwell.safeguards.vault import escrow, observer, root
from keepwell.safeguards.vault.cache import KeyCache
from keepwell.safeguards.vault.errors import (
    KeystoreUnavailable,
    OrganisationKeysMissing,
    RootKeyWrong,
)
from keepwell.safeguards.vault.held import DatedKey, HeldKey, Unwrapped
from keepwell.safeguards.vault.keystore import access, notices, wrappings
from keepwell.safeguards.vault.keystore.models import (
    ErasedOrganisation,
    NoticeKind,
    OrganisationKey,
    Purpose,
    PurposeKey,
)
from keepwell.safeguards.vault.observer import Verb
from keepwell.toolkit import clock, envelope
from keepwell.toolkit.envelope import SealBroken

EXPIRY_SECONDS = 600.0
ALONE_SECONDS = 4.0

_ORGANISATION = "organisation"

held: KeyCache[tuple[str, int]] = KeyCache(
    size=1024, expiry_seconds=EXPIRY_SECONDS, alone_seconds=ALONE_SECONDS
)


def _root_context(organisation: UUID, version: int) -> bytes:
    return envelope.length_prefixed(
        b"organisation/1", organisation.bytes, version.to_bytes(4, "big")
    )


def _purpose_parts(purpose: str, organisation: UUID, version: int) -> bytes:
    return envelope.length_prefixed(
        f"{purpose}/1".encode(), organisation.bytes, version.to_bytes(4, "big")
    )


def make(organisation: UUID) -> None:
    """Make an organisation's keys in one keystore commit; do nothing when it has them."""
    root.mark()
    root.check()
    try:
        with access.writing(organisation):
            if ErasedOrganisation.objects.exists():  # its log would go on under another key
                raise OrganisationKeysMissing
            if not OrganisationKey.objects.exists():
                root.hold()
                _insert(organisation)
    except IntegrityError:  # another process was first: its keys stand
        return
    observer.report(Verb.MAKE, organisation, [organisation])


def _insert(organisation: UUID) -> None:
    moment = clock.now()
    wrapping = Unwrapped(_insert_version(organisation, 1), 1)
    for purpose in (Purpose.INDEX, Purpose.SIGNING):
        parts = _purpose_parts(purpose.value, organisation, 1)
        PurposeKey.objects.create(
            organisation_id=organisation,
            purpose=purpose.value,
            version=1,
            wrapped=envelope.seal(wrapping.cipher, 1, parts, os.urandom(envelope.KEY_BYTES)),
            made=moment,
        )
    wrapping.wipe()


def _insert_version(organisation: UUID, version: int) -> bytearray:
    key = bytearray(os.urandom(envelope.KEY_BYTES))
    OrganisationKey.objects.create(
        organisation_id=organisation,
        version=version,
        wrapped=root.provider().wrap(_root_context(organisation, version), key),
        made=clock.now(),
    )
    return key


def add_version(organisation: UUID) -> int:
    """Add a version and return it: it wraps from now on, what older ones wrapped still opens."""
    root.check()
    organisation_key(organisation)
    with access.writing(organisation):
        root.hold()
        version = newest_version(organisation).version + 1
        key = _insert_version(organisation, version)
        notices.add(NoticeKind.ORGANISATION, [organisation])
    key[:] = bytes(len(key))
    forget(organisation)
    observer.report(Verb.MAKE, organisation, [organisation])
    return version


def rewrap_purpose_keys(organisation: UUID) -> None:
    """Wrap index keys and signing keys under the newest version, in one keystore commit."""
    with access.writing(organisation):
        newest = newest_version(organisation)
        for row in PurposeKey.objects.all():
            wrapped = bytes(row.wrapped)
            older = envelope.key_version_of(wrapped)
            if older < newest.version:
                parts = _purpose_parts(row.purpose, organisation, row.version)
                wrapping = wrapping_version(organisation, older)
                opened = envelope.open_key_into(wrapping.cipher, parts, wrapped)
                row.wrapped = envelope.seal(newest.cipher, newest.version, parts, bytes(opened))
                opened[:] = bytes(len(opened))
                row.save(update_fields=["wrapped"])


def rewrap_under_root(organisation: UUID, fingerprint: str) -> int:
    """Wrap all versions under the root key that wraps now; return how many were under another.

    Compared and swapped: a row that somebody else changed meanwhile is left to them. `fingerprint`
    is the root key that must wrap, so that a file that changes meanwhile is noticed.
    """
    provider, count = root.provider(), 0
    with access.writing(organisation):
        root.hold()
        for row in OrganisationKey.objects.order_by("version"):
            wrapped, context = bytes(row.wrapped), _root_context(organisation, row.version)
            if envelope.key_version_of(wrapped) == escrow.number_of(fingerprint):
                continue
            opened = provider.unwrap(context, wrapped)
            fresh = provider.wrap(context, opened)
            opened[:] = bytes(len(opened))
            if envelope.key_version_of(fresh) != escrow.number_of(fingerprint):
                raise RootKeyWrong
            count += OrganisationKey.objects.filter(pk=row.pk, wrapped=wrapped).update(
                wrapped=fresh
            )
    return count


def retire(organisation: UUID) -> tuple[int, ...]:
    """Delete versions older than the newest that wrap nothing any more; return which."""
    with access.writing(organisation):
        versions = set(OrganisationKey.objects.values_list("version", flat=True))
        wrapped = PurposeKey.objects.values_list("wrapped", flat=True)
        used = {envelope.key_version_of(bytes(one)) for one in wrapped}
        used |= set(wrappings.counts(organisation))
        gone = versions - used - {max(versions, default=0)}
        if gone:
            OrganisationKey.objects.filter(version__in=gone).delete()
            notices.add(NoticeKind.ORGANISATION, [organisation])
    forget(organisation)
    with contextlib.suppress(KeystoreUnavailable):
        access.forget_deleted()
    return tuple(sorted(gone))


def delete_all(organisation: UUID, entry: UUID | None) -> None:
    """Delete the organisation's own keys, inside `access.writing`, and leave the notice."""
    PurposeKey.objects.all().delete()
    OrganisationKey.objects.all().delete()
    notices.add(NoticeKind.ORGANISATION, [organisation], entry)


def organisation_key(organisation: UUID) -> HeldKey:
    """Return the key that wraps this organisation's other keys."""
    name = (_ORGANISATION, organisation.int)
    return held.get(name) or _load_organisation_key(name, organisation)


def _load_organisation_key(name: tuple[str, int], organisation: UUID) -> HeldKey:
    epoch = held.epoch
    with access.reading(organisation):
        rows = list(OrganisationKey.objects.values_list("version", "wrapped"))
    if not rows:
        raise OrganisationKeysMissing
    provider = root.provider()
    try:
        versions = [
            Unwrapped(
                provider.unwrap(_root_context(organisation, version), bytes(wrapped)), version
            )
            for version, wrapped in rows
        ]
    except SealBroken:
        root.check()  # says so when the root key is the wrong one
        raise
    loaded = HeldKey(organisation, versions)
    held.put(name, loaded, epoch)
    observer.report(Verb.UNWRAP, organisation, [organisation])
    return loaded


def newest_version(organisation: UUID) -> Unwrapped:
    """Return the version that wraps from now on; inside `access.writing`, until its commit.

    Another process may have added one since this one looked. Whoever asks here holds the
    keystore's turn, so no key is ever wrapped under a version that is being retired.
    """
    newest = OrganisationKey.objects.aggregate(newest=Max("version"))["newest"]
    if newest is None:
        raise OrganisationKeysMissing
    if organisation_key(organisation).newest.version != newest:
        forget(organisation)
    return organisation_key(organisation).newest


def forget(organisation: UUID) -> None:
    """Wipe an organisation's own keys from this process's memory."""
    purposes = (_ORGANISATION, *(purpose.value for purpose in Purpose))
    held.drop([(purpose, organisation.int) for purpose in purposes])


def wrapping_version(organisation: UUID, version: int) -> Unwrapped:
    """Return the version of the organisation key that a wrapped key names; SealBroken if none."""
    found = organisation_key(organisation).versions.get(version)
    if found is None:
        held.drop([(_ORGANISATION, organisation.int)])  # another process may have added it
        found = organisation_key(organisation).versions.get(version)
    if found is None:
        raise SealBroken
    return found


def purpose_key(organisation: UUID, purpose: Purpose) -> DatedKey:
    """Return the organisation's index key or signing key, with every version that is kept."""
    name = (purpose.value, organisation.int)
    found = held.get(name)
    return found if isinstance(found, DatedKey) else _load_purpose_key(name, organisation, purpose)


def _load_purpose_key(name: tuple[str, int], organisation: UUID, purpose: Purpose) -> DatedKey:
    epoch = held.epoch
    with access.reading(organisation):
        rows = PurposeKey.objects.filter(purpose=purpose.value)
        found = list(rows.values_list("version", "wrapped", "made"))
    if not found:
        raise OrganisationKeysMissing
    versions = []
    for version, stored, _made in found:
        wrapped = bytes(stored)
        wrapping = wrapping_version(organisation, envelope.key_version_of(wrapped))
        parts = _purpose_parts(purpose.value, organisation, version)
        versions.append(Unwrapped(envelope.open_key_into(wrapping.cipher, parts, wrapped), version))
    loaded = DatedKey(organisation, versions, {version: made for version, _, made in found})
    held.put(name, loaded, epoch)
    return loaded


def add_purpose_version(organisation: UUID, purpose: Purpose) -> int:
    """Add a version to a purpose key, durably, and return it."""
    held.drop([(purpose.value, organisation.int)])
    version = purpose_key(organisation, purpose).newest.version + 1
    parts = _purpose_parts(purpose.value, organisation, version)
    material = os.urandom(envelope.KEY_BYTES)
    with access.writing(organisation):
        wrapping = newest_version(organisation)
        PurposeKey.objects.create(
            organisation_id=organisation,
            purpose=purpose.value,
            version=version,
            wrapped=envelope.seal(wrapping.cipher, wrapping.version, parts, material),
            made=clock.now(),
        )
    held.drop([(purpose.value, organisation.int)])
    return version


def drop_purpose_versions(organisation: UUID, purpose: Purpose, *, below: int) -> int:
    """Destroy the versions of a purpose key below one; return how many there were."""
    with access.writing(organisation):
        old = PurposeKey.objects.filter(purpose=purpose.value, version__lt=below)
        count = old.delete()[0]
    held.drop([(purpose.value, organisation.int)])
    with contextlib.suppress(KeystoreUnavailable):
        access.forget_deleted()
    return int(count)
