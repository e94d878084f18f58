"""Django's entry for trail."""

from django.apps import AppConfig


class TrailConfig(AppConfig):
    """Register trail under its label, which the store router reads."""

    name = "keepwell.safeguards.audit.trail"
    label = "trail"
