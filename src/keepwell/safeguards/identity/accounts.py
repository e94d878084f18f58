"""Looking up accounts by address, before anybody is signed in: never answered to a browser."""

from keepwell.safeguards.identity import passwords
from keepwell.safeguards.identity.models import User


def has_account(email: str) -> bool:
    """Tell whether an address has an account."""
    return User.objects.filter(email=passwords.normal_email(email)).exists()


def open_account(email: str) -> User | None:
    """Return the account of an address unless it is closed."""
    return User.objects.filter(email=passwords.normal_email(email), is_active=True).first()
