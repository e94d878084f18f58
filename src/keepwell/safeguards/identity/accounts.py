"""Looking up accounts before anybody is signed in, or later: never answered to a browser."""

from uuid import UUID

from keepwell.safeguards.identity import passwords
from keepwell.safeguards.identity.models import User


def has_account(email: str) -> bool:
    """Tell whether an address has an account."""
    return User.objects.filter(email=passwords.normal_email(email)).exists()


def open_account_of(account: UUID) -> User | None:
    """Return the account of an id unless it is closed."""
    return User.objects.filter(pk=account, is_active=True).first()


def is_open(account: UUID) -> bool:
    """Tell whether there is an account of this id and it is not closed."""
    return User.objects.filter(pk=account, is_active=True).exists()


def open_account(email: str) -> User | None:
    """Return the account of an address unless it is closed."""
    return User.objects.filter(email=passwords.normal_email(email), is_active=True).first()
