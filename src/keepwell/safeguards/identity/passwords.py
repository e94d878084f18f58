"""Passwords: one published cost, one normal form, no way to learn who has an account."""

import unicodedata
from functools import lru_cache

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, make_password

from keepwell.safeguards.identity.models import User

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


def validate(password: str, user: User | None = None) -> None:
    """Raise ValidationError with every rule this password breaks."""
    password_validation.validate_password(normal_password(password), user)


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
