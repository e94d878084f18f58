"""Blind index: equal values give equal tokens, and a token says nothing without the index key.

    subkey = HMAC-SHA256(index key, "blind/1" || slot)
    token  = the first 64 bits of HMAC-SHA256(subkey, normalised value)

Cut to 64 bits so that it fits an integer column; a chance match among a million values of one slot
is about one in thirty-seven million, and whoever looks up compares the opened values anyway.
"""

import hmac
from uuid import UUID

from keepwell.safeguards.vault import organisation_keys
from keepwell.safeguards.vault.held import Wiped
from keepwell.safeguards.vault.keystore.models import Purpose


def token(organisation: UUID, slot: str, normalised: bytes) -> int:
    """Return a signed 64-bit number for a normalised value (see `vault.normalisers`).

    Tokens of different organisations or slots never match. Do not index what has few values (yes or
    no, sex, a year): its tokens could be told apart by how often they occur.
    """
    for _attempt in range(3):
        index_key = organisation_keys.purpose_key(organisation, Purpose.INDEX).newest
        try:
            return index_key.derive(lambda material: _token(material, slot, normalised))
        except Wiped:  # evicted between finding and using it: find it again
            continue
    raise Wiped


def _token(index_key: bytearray, slot: str, normalised: bytes) -> int:
    subkey = hmac.digest(index_key, b"blind/1" + slot.encode(), "sha256")
    digest = hmac.digest(subkey, normalised, "sha256")
    return int.from_bytes(digest[:8], "big", signed=True)
