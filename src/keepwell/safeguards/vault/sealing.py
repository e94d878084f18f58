"""Seal and open one value: the only road between plaintext and the bytes that are stored."""

from collections.abc import Sequence
from uuid import UUID

from keepwell.safeguards.vault import data_keys, observer
from keepwell.safeguards.vault.binding import Binding, prefix
from keepwell.safeguards.vault.errors import KeyGone, KeystoreUnavailable
from keepwell.safeguards.vault.held import Unwrapped
from keepwell.safeguards.vault.observer import Verb, on_open, on_seal
from keepwell.toolkit import envelope
from keepwell.toolkit.envelope import SealBroken

__all__ = [
    "Binding",
    "KeyGone",
    "KeystoreUnavailable",
    "SealBroken",
    "open_row",
    "open_sealed",
    "seal",
    "seal_row",
]


def seal(key_id: UUID, binding: Binding, plaintext: bytes) -> bytes:
    """Seal a value for one place under the newest version of a key: 33 bytes longer.

    Raises KeyGone and KeystoreUnavailable.
    """
    newest = data_keys.data_key(binding.organisation, key_id).newest
    if on_seal:
        observer.report(Verb.SEAL, binding.organisation, (key_id,))
    return envelope.seal(newest.cipher, newest.version, binding.associated(), plaintext)


def open_sealed(key_id: UUID, binding: Binding, sealed: bytes) -> bytes:
    """Open a value that was sealed for this place.

    Raises SealBroken (whatever the cause), KeyGone and KeystoreUnavailable.
    """
    key = data_keys.data_key(binding.organisation, key_id)
    version = int.from_bytes(sealed[1:5], "big")
    organisation = binding.organisation
    found = key.versions.get(version) or _another_version(key_id, organisation, sealed, version)
    if on_open:
        observer.report(Verb.OPEN, binding.organisation, (key_id,))
    return envelope.open_sealed(found.cipher, binding.associated(), sealed)


def seal_row(
    key_id: UUID, organisation: UUID, row: UUID, values: Sequence[tuple[str, bytes]]
) -> list[bytes]:
    """Seal several values of one row, given with their slots; the key is found once."""
    newest = data_keys.data_key(organisation, key_id).newest
    if on_seal and values:
        observer.report(Verb.SEAL, organisation, (key_id,) * len(values))
    cipher, version, tail = newest.cipher, newest.version, row.int.to_bytes(16, "big")
    return [
        envelope.seal(cipher, version, prefix(b"field/1", slot, organisation.int) + tail, plain)
        for slot, plain in values
    ]


def open_row(
    key_id: UUID, organisation: UUID, row: UUID, values: Sequence[tuple[str, bytes]]
) -> list[bytes | None]:
    """Open several values of one row, given with their slots; None for a broken seal.

    Raises KeyGone and KeystoreUnavailable.
    """
    versions = data_keys.data_key(organisation, key_id).versions
    if on_open and values:
        observer.report(Verb.OPEN, organisation, (key_id,) * len(values))
    number, tail = organisation.int, row.int.to_bytes(16, "big")
    opened: list[bytes | None] = []
    for slot, sealed in values:
        version = int.from_bytes(sealed[1:5], "big")
        try:
            found = versions.get(version)
            if found is None:
                found = _another_version(key_id, organisation, sealed, version)
            associated = prefix(b"field/1", slot, number) + tail
            opened.append(envelope.open_sealed(found.cipher, associated, sealed))
        except SealBroken:
            opened.append(None)
    return opened


def _another_version(key_id: UUID, organisation: UUID, sealed: bytes, version: int) -> Unwrapped:
    """Look again for a version that this process does not hold; SealBroken when there is none."""
    if len(sealed) < envelope.OVERHEAD_BYTES or sealed[0] != envelope.FORMAT_1:
        raise SealBroken
    found = data_keys.data_key_version(organisation, key_id, version)
    if found is None:
        raise SealBroken
    return found
