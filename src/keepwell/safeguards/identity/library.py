"""What allauth asks us: nobody registers by himself, secrets are sealed at rest."""

import base64
import hmac
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from keepwell.safeguards.vault import installation
from keepwell.toolkit import envelope

SLOT = "identity.authenticator"
_MARK = "installation:"  # base64 has no colon: whatever lacks it is of the time before
_ASSOCIATED_BEFORE = b"identity/authenticator/1"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Accounts come from set-up links and from owners, never from a public form."""

    def is_open_for_signup(self, request: Any) -> bool:
        """Say no: there is no public registration."""
        return False


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Seal the secrets of one-time and recovery codes (format 1, docs/formats/envelope.md).

    They belong to an account, so to no organisation's key: the installation's own seals them.
    """

    def encrypt(self, text: str) -> str:
        """Seal a secret for its row."""
        sealed = installation.seal(SLOT, text.encode())
        return _MARK + base64.b64encode(sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret from its row."""
        if is_sealed_as_before(encrypted_text):
            return _opened_as_before(encrypted_text)
        sealed = base64.b64decode(encrypted_text.removeprefix(_MARK))
        return installation.open_sealed(SLOT, sealed).decode()


def is_sealed_as_before(encrypted_text: str) -> bool:
    """Tell whether a secret is sealed under what was once derived from secret.key."""
    return not encrypted_text.startswith(_MARK)


def _opened_as_before(encrypted_text: str) -> str:
    key = hmac.digest(settings.SECRET_KEY.encode(), _ASSOCIATED_BEFORE, "sha256")
    sealed = base64.b64decode(encrypted_text)
    return envelope.open_sealed(key, _ASSOCIATED_BEFORE, sealed).decode()
