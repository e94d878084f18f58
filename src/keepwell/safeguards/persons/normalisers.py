"""How a person's data is written before it becomes a token, so that two ways to type it are one."""

import unicodedata
from datetime import date


def name(value: str) -> bytes:
    """Ignore case, accents, punctuation and doubled spaces; keep the order of the words.

    "José  O'Neil" and "jose oneil" are one; "Neil Jose" is another person.
    """
    letters = unicodedata.normalize("NFKD", value.casefold())
    kept = "".join(
        character if character.isalnum() else " " if character.isspace() or character == "-" else ""
        for character in letters
    )
    return " ".join(kept.split()).encode()


def day(value: date) -> bytes:
    """Return YYYY-MM-DD."""
    return value.isoformat().encode()
