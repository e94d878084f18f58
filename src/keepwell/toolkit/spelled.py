"""Random tokens that people can read out and type: Crockford's base32, without I, L, O and U.

A token of a link is 128 bits in 26 characters. However it was typed, it is read as it was written.
"""

import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BITS = 5  # of each character
READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V", "-": "", " ": ""})
_TOKEN_CHARACTERS = 26
_TOKEN = re.compile(f"[{ALPHABET}]{{{_TOKEN_CHARACTERS}}}")


def spelled(number: int, characters: int) -> str:
    """Return a number in so many characters."""
    places = reversed(range(characters))
    return "".join(ALPHABET[(number >> BITS * place) & 31] for place in places)


def random(characters: int) -> str:
    """Return so many random characters, 5 bits each."""
    return spelled(secrets.randbits(BITS * characters), characters)


def new_token() -> str:
    """Return a new token of a link: 128 random bits in 26 characters."""
    return spelled(secrets.randbits(128), _TOKEN_CHARACTERS)


def read(text: str) -> str:
    """Return characters as we write them, however they were typed."""
    return text.upper().translate(READ_AS)


def read_token(text: str) -> str | None:
    """Return the token as we write it, however it was typed; None when it cannot be one."""
    token = read(text)
    return token if _TOKEN.fullmatch(token) else None
