"""Random tokens: link tokens, draft handles and reference numbers. Pure: no Django.

A link's token is 128 bits in Crockford's base32 (no I, L, O, U: it may be read over the telephone).
A draft's handle is 256 bits and lives in a cookie or a hidden field, never in an address.
"""

import hashlib
import re
import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V", "-": "", " ": ""})
_TOKEN_CHARACTERS = 26  # 128 bits
_TOKEN = re.compile(f"[{_ALPHABET}]{{{_TOKEN_CHARACTERS}}}")
_REFERENCE = re.compile(f"(?:KW)?([{_ALPHABET}]{{4}})([{_ALPHABET}]{{4}})")
_HANDLE = re.compile(r"[A-Za-z0-9_-]{43}")


def _spelled(number: int, characters: int) -> str:
    return "".join(_ALPHABET[(number >> 5 * place) & 31] for place in reversed(range(characters)))


def new_link_token() -> str:
    """Return a new link token: 128 random bits in 26 characters."""
    return _spelled(secrets.randbits(128), _TOKEN_CHARACTERS)


def new_handle() -> str:
    """Return a new draft handle: 256 random bits in 43 characters of base64url."""
    return secrets.token_urlsafe(32)


def new_reference() -> str:
    """Return a reference number such as KW-7F3K-29QD: 40 random bits, for people."""
    text = _spelled(secrets.randbits(40), 8)
    return f"KW-{text[:4]}-{text[4:]}"


def read_reference(text: str) -> str:
    """Return a reference as we write it, however it was typed; what cannot be one, as it is."""
    found = _REFERENCE.fullmatch(text.upper().translate(_READ_AS))
    return f"KW-{found[1]}-{found[2]}" if found else text.strip()[:16]


def read_link_token(text: str) -> str | None:
    """Return the token as we write it, however it was typed; None when it cannot be one."""
    token = text.upper().translate(_READ_AS)
    return token if _TOKEN.fullmatch(token) else None


def read_handle(text: str) -> str | None:
    """Return the handle, or None when it cannot be one."""
    return text if _HANDLE.fullmatch(text) else None


def hashed(secret: str) -> str:
    """Return the SHA-256 of a token or handle in hex: what the database keeps of it."""
    return hashlib.sha256(secret.encode()).hexdigest()
