"""Django's entry for access."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Register access under its label, which the store router reads."""

    name = "keepwell.safeguards.access"
    label = "access"
