"""The blind index token, byte for byte (docs/formats/envelope.md); pure.

subkey = HMAC-SHA256(index key, "blind/1" || slot)
token  = the first 64 bits of HMAC-SHA256(subkey, normalised value), signed, big-endian
"""

import hmac
from collections.abc import Iterable


def blind_tokens(index_key: bytes | bytearray, slot: str, every: Iterable[bytes]) -> list[int]:
    """Return the tokens of normalised values in a slot, each -2^63 to 2^63-1, in their order."""
    subkey = hmac.digest(index_key, b"blind/1" + slot.encode(), "sha256")
    digests = (hmac.digest(subkey, normalised, "sha256") for normalised in every)
    return [int.from_bytes(digest[:8], "big", signed=True) for digest in digests]
