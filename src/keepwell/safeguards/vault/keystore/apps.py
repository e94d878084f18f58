"""Django's entry for keystore."""

from django.apps import AppConfig


class KeystoreConfig(AppConfig):
    """Register keystore under its label, which the store router reads."""

    name = "keepwell.safeguards.vault.keystore"
    label = "keystore"
