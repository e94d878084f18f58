"""Django's entry for records."""

from django.apps import AppConfig
from django.core import checks


class RecordsConfig(AppConfig):
    """Register records under its label, which the store router reads."""

    name = "keepwell.safeguards.records"
    label = "records"

    def ready(self) -> None:
        """Register the checks, which need every model loaded."""
        from keepwell.safeguards.records.checks import check_records  # noqa: PLC0415

        checks.register(check_records)
