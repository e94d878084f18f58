"""The blind index token, byte for byte (docs/formats/envelope.md); pure.

subkey = HMAC-SHA256(index key, "blind/1" || slot)
token  = the first 64 bits of HMAC-SHA256(subkey, normalised value), signed, big-endian
"""

import hmac


def blind_token(index_key: bytes | bytearray, slot: str, normalised: bytes) -> int:
    """Return the token of a normalised value in a slot, -2^63 to 2^63-1."""
    subkey = hmac.digest(index_key, b"blind/1" + slot.encode(), "sha256")
    digest = hmac.digest(subkey, normalised, "sha256")
    return int.from_bytes(digest[:8], "big", signed=True)
