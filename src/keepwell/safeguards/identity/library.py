"""What allauth asks us: nobody registers by himself, secrets are sealed at rest."""

import base64
import hmac
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from keepwell.toolkit import envelope

_ASSOCIATED = b"identity/authenticator/1"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Accounts come from set-up links and from owners, never from a public form."""

    def is_open_for_signup(self, request: Any) -> bool:
        """Say no: there is no public registration."""
        return False


def _key() -> bytes:
    """Derive the key for authenticators: they belong to an account, so to no organisation's key."""
    return hmac.digest(settings.SECRET_KEY.encode(), _ASSOCIATED, "sha256")


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Seal the secrets of one-time and recovery codes (format 1, docs/formats/envelope.md)."""

    def encrypt(self, text: str) -> str:
        """Seal a secret for its row."""
        sealed = envelope.seal(_key(), 1, _ASSOCIATED, text.encode())
        return base64.b64encode(sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret from its row."""
        return envelope.open_sealed(_key(), _ASSOCIATED, base64.b64decode(encrypted_text)).decode()
