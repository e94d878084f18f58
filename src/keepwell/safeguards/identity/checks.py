"""The start-up check: no setting of the sign-in library opens a second way in."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error


def check_no_bypass(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse allauth's code that is accepted for everybody (security.md, T8)."""
    if getattr(settings, "MFA_TOTP_INSECURE_BYPASS_CODE", None):
        text = "MFA_TOTP_INSECURE_BYPASS_CODE is set: one code would open every account."
        return [Error(text, id="identity.E001")]
    return []
