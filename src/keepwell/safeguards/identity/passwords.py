"""Passwords: one published cost, one normal form, no way to learn who has an account."""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from keepwell.safeguards.identity.models import User

HOUSE_LETTERS = 4
"""Words of a name that are shorter ("of", "the") are nobody's."""
OTHER_LETTERS = 4
"""So many letters beside them make a password that the name does not give away."""
LONGEST = 1024
"""Characters accepted; nothing is ever cut off (ASVS 6.2.8, 6.2.9)."""


class Argon2id(Argon2PasswordHasher):
    """Argon2id, 46 MiB, two passes, one lane: more than the least OWASP asks (19 MiB, two passes).

    Sixteen threads may hash at once; Django's 100 MiB with eight lanes would take 1.6 GiB.
    """

    algorithm = "argon2"
    time_cost = 2
    memory_cost = 46 * 1024
    parallelism = 1


def normal_email(address: str) -> str:
    """Return the form in which an address is kept and compared."""
    return unicodedata.normalize("NFC", address).strip().lower()


def normal_password(typed: str) -> str:
    """Return the form that is hashed: two keyboards spell one password alike (NIST 800-63B)."""
    return unicodedata.normalize("NFC", typed)


def validate(password: str, user: User | None = None, *, houses: Iterable[str] = ()) -> None:
    """Raise ValidationError with every rule this password breaks.

    `houses`: the names of the organisations it opens (ASVS 6.1.2, 6.2.11).
    """
    typed = normal_password(password)
    password_validation.validate_password(typed, user)
    if is_made_of(typed, [*houses, "Keepwell"]):
        raise ValidationError(_("This is made of your organisation's name. Add other words."))


def is_made_of(password: str, names: Iterable[str]) -> bool:
    """Tell whether hardly a letter is left without the words of these names.

    Ashgrove2026! is the first guess at Ashgrove Clinic; a sentence that has the name in it is none.
    """
    left = before = _letters(password)
    for word in sorted(_house_words(names), key=len, reverse=True):
        left = left.replace(word, "")
    return left != before and len(left) < OTHER_LETTERS


def _house_words(names: Iterable[str]) -> set[str]:
    words = {_letters(word) for name in names for word in (name, *name.split())}
    return {word for word in words if len(word) >= HOUSE_LETTERS}


def _letters(text: str) -> str:
    return "".join(sign for sign in text.casefold() if sign.isalpha())


def hashed(password: str) -> str:
    """Return what is kept of a password."""
    return make_password(normal_password(password))


def account_of(email: str, password: str) -> tuple[User | None, bool]:
    """Return the account with this address, and whether it may sign in with this password.

    An unknown or closed account costs the same hash as a known one (ASVS 6.3.8). The caller may
    tell the trail about the account, never the browser.
    """
    typed = normal_password(password)
    user = User.objects.filter(email=normal_email(email)).first()
    if user is None:
        check_password(typed, _nobodys_password())
        return None, False
    return user, user.check_password(typed) and user.is_active


def is_password_of(user: User, password: str) -> bool:
    """Tell whether this is the account's password (asked again before something weighty)."""
    return user.check_password(normal_password(password))


@lru_cache(maxsize=1)
def _nobodys_password() -> str:
    return make_password("nobody has this password")
