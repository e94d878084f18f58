"""Draft handles and reference numbers; links have tokens of `toolkit.spelled`. Pure: no Django.

A draft's handle is 256 bits and lives in a cookie or a hidden field, never in an address.
"""

import hashlib
import re
import secrets

from keepwell.toolkit import spelled

_REFERENCE = re.compile(f"(?:KW)?([{spelled.ALPHABET}]{{4}})([{spelled.ALPHABET}]{{4}})")
_HANDLE = re.compile(r"[A-Za-z0-9_-]{43}")


def new_handle() -> str:
    """Return a new draft handle: 256 random bits in 43 characters of base64url."""
    return secrets.token_urlsafe(32)


def new_reference() -> str:
    """Return a reference number such as KW-7F3K-29QD: 40 random bits, for people."""
    text = spelled.random(8)
    return f"KW-{text[:4]}-{text[4:]}"


def read_reference(text: str) -> str:
    """Return a reference as we write it, however it was typed; what cannot be one, as it is."""
    found = _REFERENCE.fullmatch(spelled.read(text))
    return f"KW-{found[1]}-{found[2]}" if found else text.strip()[:16]


def read_handle(text: str) -> str | None:
    """Return the handle, or None when it cannot be one."""
    return text if _HANDLE.fullmatch(text) else None


def hashed(secret: str) -> str:
    """Return the SHA-256 of a token or handle in hex: what the database keeps of it."""
    return hashlib.sha256(secret.encode()).hexdigest()
