"""Django's entry for identity."""

from django.apps import AppConfig
from django.core import checks

from keepwell.safeguards.identity.checks import check_no_bypass


class IdentityConfig(AppConfig):
    """Register identity under its label, which the store router reads."""

    name = "keepwell.safeguards.identity"
    label = "identity"

    def ready(self) -> None:
        """Check at start that nothing bypasses the second factor."""
        checks.register(check_no_bypass, checks.Tags.security)
