"""Django's entry for vault."""

from importlib import import_module

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Register vault under its label, which the store router reads."""

    name = "keepwell.safeguards.vault"
    label = "vault"

    def ready(self) -> None:
        """Register the system checks."""
        import_module("keepwell.safeguards.vault.checks")
