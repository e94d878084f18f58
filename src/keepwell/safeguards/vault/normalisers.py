"""What counts as equal before a value is indexed: names, dates, e-mail addresses, telephones.

Pure and frozen: a change here makes every stored token of its kind miss, so it needs a new slot.
"""

import datetime
import re
import unicodedata
from typing import NamedTuple

# Letters that Unicode does not take apart into a base letter and a mark.
_LETTERS = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "\N{LATIN SMALL LETTER DOTLESS I}": "i",
        "ŧ": "t",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
    }
)
_APOSTROPHES = re.compile("['’‘ʼ`´.]")  # noqa: RUF001  these are the ones people type
_NOT_IN_WORDS = re.compile(r"[\W_]+")
_ENDING = 8  # digits: the shortest that tells the numbers of one place apart
_BEGINNING, _BEGINNING_OF_SYLLABLES = 4, 2  # letters of a word
# Chinese, Japanese and Korean signs, and the planes that Unicode keeps for more of them.
_SYLLABLE = re.compile("[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]")
MOST_TERMS = 10  # of what somebody looks for
_MOST_SOUGHT = 3


def name(text: str) -> bytes:
    """Fold a person's name: case, accents, hyphens, apostrophes and spaces do not count.

    "Zoë  O'Brien-Müller" and "zoe obrien muller" are equal. Scripts other than Latin stay as they
    are, apart from case and marks.
    """
    text = _APOSTROPHES.sub("", text)
    if text.isascii():  # what follows changes no more of it, and a search compares many names
        return " ".join(_NOT_IN_WORDS.sub(" ", text.lower()).split()).encode()
    apart = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    folded = unicodedata.normalize("NFKC", bare.casefold().translate(_LETTERS))
    return " ".join(_NOT_IN_WORDS.sub(" ", folded).split()).encode()


def date(value: datetime.date) -> bytes:
    """Write a calendar date as YYYY-MM-DD (ISO 8601); a moment is not a date and is refused."""
    if isinstance(value, datetime.datetime):
        raise TypeError("A moment has no single date: say in which time zone, then pass the date.")
    return value.isoformat().encode()


def email(text: str) -> bytes:
    """Fold an e-mail address: case and surrounding space do not count, dots and +tags do."""
    return unicodedata.normalize("NFKC", text).strip().casefold().encode()


def telephone(text: str) -> bytes:
    """Keep the digits of a telephone number, and a leading plus, as which a leading 00 counts."""
    plain = unicodedata.normalize("NFKC", text).strip()
    digits = "".join(str(unicodedata.digit(sign)) for sign in plain if sign.isdigit())
    if plain.startswith("+"):
        return b"+" + digits.encode()
    if digits.startswith("00"):
        return b"+" + digits[2:].encode()
    return digits.encode()


def telephone_ending(text: str) -> bytes:
    """Keep the last eight digits of a telephone number, or all of a shorter one.

    So it is one number with and without country code, area code's zero or an exchange's 9. Whoever
    finds two numbers of equal ending is shown both.
    """
    return telephone(text).removeprefix(b"+")[-_ENDING:]


def words(text: str) -> frozenset[bytes]:
    """Return the words of a text, folded like names: what a search for whole words finds.

    What is written with a hyphen or another sign inside counts by its parts and as one word.
    """
    return frozenset(word for term in terms(text) for word in (*term.parts, term.whole))


class Term(NamedTuple):
    """What stands between two spaces: "anne-marie" is anne and marie, or annemarie."""

    parts: tuple[bytes, ...]
    whole: bytes


def terms(text: str) -> list[Term]:
    """Return the terms of a text, without those that are nothing but signs."""
    if text.isascii() and text.replace(" ", "").isalnum():  # as below: each term is one word
        return [Term((word,), word) for word in text.lower().encode().split()]
    found = [tuple(name(term).split()) for term in text.split()]
    return [Term(parts, b"".join(parts)) for parts in found if parts]


def beginnings(text: str) -> frozenset[bytes]:
    """Return how the words of a text begin: four letters, or a shorter word as a whole.

    Two where a sign is a syllable (Chinese, Japanese, Korean): most family names there are one.
    """
    return frozenset(map(_beginning, words(text)))


def sought(text: str) -> list[frozenset[bytes]]:
    """Return, for the longest terms of a text, beginnings of which a match has at least one.

    Terms with nothing as long as a beginning say nothing, unless all are so short: then the
    longest, as a whole word.
    """
    pairs = [(term.whole, max(term.parts, key=_letters)) for term in terms(text)[:MOST_TERMS]]
    pairs.sort(key=lambda pair: _letters(pair[0]), reverse=True)
    telling = [pair for pair in pairs if all(map(_is_telling, pair))]
    chosen = telling[:_MOST_SOUGHT] or pairs[:1]
    return [frozenset(map(_beginning, pair)) for pair in chosen]


def _beginning(word: bytes) -> bytes:
    letters = word.decode()
    return letters[: _size_of_beginning(letters)].encode()


def _letters(word: bytes) -> int:
    return len(word.decode())


def _is_telling(word: bytes) -> bool:
    return _letters(word) >= _size_of_beginning(word.decode())


def _size_of_beginning(letters: str) -> int:
    return _BEGINNING_OF_SYLLABLES if _SYLLABLE.match(letters) else _BEGINNING
