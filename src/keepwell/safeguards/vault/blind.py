"""Blind index: equal values give equal tokens, and a token says nothing without the index key.

Cut to 64 bits so that it fits an integer column: a chance match with one of a million values of a
slot happens once in eighteen million million look-ups, and whoever looks up opens and compares.

The index key has versions, apart from the organisation key's. A new version is first known, then
used: it makes tokens once every process must have heard of it, so that nobody fails to find what
another has just written. `records.reindexing` moves all rows and then drops the old version.
"""

from datetime import timedelta
from itertools import chain
from uuid import UUID

from keepwell.safeguards.vault import organisation_keys
from keepwell.safeguards.vault.held import DatedKey, Unwrapped, Wiped
from keepwell.safeguards.vault.keystore.models import Purpose
from keepwell.safeguards.vault.tokens import blind_tokens
from keepwell.toolkit import clock

# How long a process may hold an index key that lacks the newest version, and a minute for clocks
# that differ and transactions that are on their way.
SETTLING = timedelta(seconds=organisation_keys.EXPIRY_SECONDS + 60)


def token(organisation: UUID, slot: str, normalised: bytes, version: int | None = None) -> int:
    """Return a signed 64-bit number for a normalised value (see `vault.normalisers`).

    Without a version, under the one that writes. Tokens of different organisations, slots or
    versions never match. Do not index what has few values (yes or no, sex, a year): its tokens
    could be told apart by how often they occur.
    """
    for _attempt in range(3):
        key = _index_key(organisation)
        number = _writing(key) if version is None else version
        # A version dropped since the caller asked: the newest stands in, and rows say so.
        try:
            return _made(key.versions.get(number, key.newest), slot, normalised)[0]
        except Wiped:  # evicted between finding and using it: find it again
            continue
    raise Wiped


def tokens(organisation: UUID, slot: str, *every: bytes) -> list[int]:
    """Return values' tokens under every version by which rows may be found just now."""
    for _attempt in range(3):
        key = _index_key(organisation)
        try:
            made = (_made(version, slot, *every) for version in key.versions.values())
            return list(chain.from_iterable(made))
        except Wiped:
            continue
    raise Wiped


def writing_version(organisation: UUID) -> int:
    """Return the version of the index key that makes new tokens: the newest that has settled."""
    return _writing(_index_key(organisation))


def versions(organisation: UUID) -> list[int]:
    """Return the versions of the index key that are kept, oldest first."""
    return sorted(_index_key(organisation).versions)


def begin_version(organisation: UUID) -> int:
    """Make a new version of the index key, which writes once it has settled."""
    return organisation_keys.add_purpose_version(organisation, Purpose.INDEX)


def drop_versions(organisation: UUID, *, below: int) -> int:
    """Destroy older versions of the index key: tokens made under them match nothing any more."""
    return organisation_keys.drop_purpose_versions(organisation, Purpose.INDEX, below=below)


def _index_key(organisation: UUID) -> DatedKey:
    return organisation_keys.purpose_key(organisation, Purpose.INDEX)


def _writing(key: DatedKey) -> int:
    if len(key.versions) == 1:
        return key.newest.version
    before = clock.now() - SETTLING
    settled = [version for version, made in key.made.items() if made <= before]
    return max(settled, default=min(key.versions))


def _made(version: Unwrapped, slot: str, *every: bytes) -> list[int]:
    return version.derive(lambda material: blind_tokens(material, slot, every))
