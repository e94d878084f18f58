"""Django's entry for records."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Register records under its label, which the store router reads."""

    name = "keepwell.safeguards.records"
    label = "records"
