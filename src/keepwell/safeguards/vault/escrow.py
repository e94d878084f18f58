"""The root key as text that a person can print, keep in a safe and type in again.

Nine lines. Each of the first eight carries four bytes of the key and one check byte as eight
letters of Crockford's base32 (no I, L, O, U; typed I, L and O are read as 1, 1 and 0), so a typing
error names its line. The last line is a check over the whole key, and the name by which two root
keys are told apart. root.key holds the same text: restoring from paper is typing it into the file.
"""

import hashlib
import re

from keepwell.safeguards.vault.errors import RootKeyDamaged
from keepwell.toolkit.envelope import KEY_BYTES

TITLE = "keepwell root key 1"

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {letter: value for value, letter in enumerate(_ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_LINES = 8
_LINE = re.compile(r"([1-8]|check)[.:)]?\s+(.+)", re.IGNORECASE)


def _letters(five_bytes: bytes) -> str:
    """Write 5 bytes as 8 letters in two groups."""
    number = int.from_bytes(five_bytes, "big")
    letters = "".join(_ALPHABET[(number >> shift) & 31] for shift in range(35, -5, -5))
    return f"{letters[:4]}-{letters[4:]}"


def _bytes(text: str) -> bytes | None:
    """Read 8 letters as 5 bytes, or None when they are not 8 letters of the alphabet."""
    letters = [letter for letter in text.upper() if letter not in " -\t"]
    if len(letters) != 8 or any(letter not in _VALUES for letter in letters):
        return None
    number = 0
    for letter in letters:
        number = number << 5 | _VALUES[letter]
    return number.to_bytes(5, "big")


def _line_check(position: int, part: bytes) -> bytes:
    """Return the check byte of a line; the position is in it, so that swapped lines are noticed."""
    return hashlib.sha256(b"keepwell root key line" + bytes([position]) + part).digest()[:1]


def _fingerprint_bytes(key: bytes) -> bytes:
    """Return 40 bits of a hash: they say nothing useful about 256 random bits."""
    return hashlib.sha256(b"keepwell root key check" + key).digest()[:5]


def fingerprint(key: bytes) -> str:
    """Return the last line of the printed key, which names it without revealing it."""
    return _letters(_fingerprint_bytes(key))


def number_of(named: str) -> int:
    """Return the number by which wraps name the root key of this fingerprint: its first 32 bits."""
    return int.from_bytes((_bytes(named) or b"")[:4], "big")


def escrow_text(key: bytes) -> str:
    """Return the text to print and to keep apart from the data."""
    if len(key) != KEY_BYTES:
        message = f"A root key has {KEY_BYTES} bytes, this one has {len(key)}."
        raise ValueError(message)
    lines = [TITLE]
    for position in range(_LINES):
        part = key[position * 4 : position * 4 + 4]
        lines.append(f"{position + 1}      {_letters(part + _line_check(position, part))}")
    lines.append(f"check  {fingerprint(key)}")
    return "\n".join(lines) + "\n"


def _named_lines(text: str) -> dict[str, str]:
    """Return the lines by their name, refusing what is not a root key at all."""
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    if not lines or " ".join(lines[0].lower().split()) != TITLE:
        raise RootKeyDamaged(f'This is not a root key: its first line must be "{TITLE}".')
    found: dict[str, str] = {}
    for line in lines[1:]:
        match = _LINE.fullmatch(line)
        if match is None or match[1].lower() in found:
            raise RootKeyDamaged(
                "The root key has a line too many: after the title come the lines 1 to 8 and "
                "check, each once."
            )
        found[match[1].lower()] = match[2]
    return found


def key_from_escrow(text: str) -> bytes:
    """Read a printed key; RootKeyDamaged names the line that was damaged or mistyped."""
    lines = _named_lines(text)
    key = bytearray()
    for position in range(_LINES):
        five = _bytes(lines.get(str(position + 1), ""))
        if five is None or five[4:] != _line_check(position, five[:4]):
            raise RootKeyDamaged(
                f"Line {position + 1} of the root key is missing, damaged or mistyped. "
                "Compare it with the printed root key."
            )
        key += five[:4]
    if _bytes(lines.get("check", "")) != _fingerprint_bytes(bytes(key)):
        raise RootKeyDamaged(
            "The last line of the root key does not fit the other lines. "
            "Compare every line with the printed root key."
        )
    return bytes(key)
