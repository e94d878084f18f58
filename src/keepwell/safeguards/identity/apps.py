"""Django's entry for identity."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Register identity under its label, which the store router reads."""

    name = "keepwell.safeguards.identity"
    label = "identity"
