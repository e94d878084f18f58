"""Django's entry for office."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """Register office under its label, which the store router reads."""

    name = "keepwell.office"
    label = "office"
