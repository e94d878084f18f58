"""Which shared key has which name, remembered for as long as the keys themselves."""

import time
from uuid import UUID

from keepwell.safeguards.vault.data_keys import EXPIRY_SECONDS

_LARGEST = 4096

_names: dict[tuple[int, str], tuple[UUID, float]] = {}
_epoch = [0]


def epoch() -> int:
    """Return a number that changes when names are forgotten."""
    return _epoch[0]


def known(organisation: UUID, name: str) -> UUID | None:
    """Return the id if it was looked up a short while ago."""
    entry = _names.get((organisation.int, name))
    return entry[0] if entry is not None and time.monotonic() < entry[1] else None


def remember(organisation: UUID, name: str, key_id: UUID, since: int) -> None:
    """Remember an id, unless names were forgotten since it was looked up."""
    if len(_names) >= _LARGEST:
        _names.clear()
    if since == _epoch[0]:
        _names[organisation.int, name] = (key_id, time.monotonic() + EXPIRY_SECONDS)


def forget_all() -> None:
    """Forget every name (after a shredding and after a fork)."""
    _epoch[0] += 1
    _names.clear()
