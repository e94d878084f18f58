"""Blind index: equal values give equal tokens, and a token says nothing without the index key.

Cut to 64 bits so that it fits an integer column: a chance match with one of a million values of a
slot happens once in eighteen million million look-ups, and whoever looks up opens and compares.
"""

from uuid import UUID

from keepwell.safeguards.vault import organisation_keys
from keepwell.safeguards.vault.held import Wiped
from keepwell.safeguards.vault.keystore.models import Purpose
from keepwell.safeguards.vault.tokens import blind_token


def token(organisation: UUID, slot: str, normalised: bytes) -> int:
    """Return a signed 64-bit number for a normalised value (see `vault.normalisers`).

    Tokens of different organisations or slots never match. Do not index what has few values (yes or
    no, sex, a year): its tokens could be told apart by how often they occur.
    """
    for _attempt in range(3):
        index_key = organisation_keys.purpose_key(organisation, Purpose.INDEX).newest
        try:
            return index_key.derive(lambda material: blind_token(material, slot, normalised))
        except Wiped:  # evicted between finding and using it: find it again
            continue
    raise Wiped
