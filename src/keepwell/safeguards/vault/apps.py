"""Django's entry for vault."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Register vault under its label, which the store router reads."""

    name = "keepwell.safeguards.vault"
    label = "vault"
