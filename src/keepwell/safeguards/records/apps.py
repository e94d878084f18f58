"""Django's entry for records."""

from django.apps import AppConfig
from django.core import checks
from django.db.backends.signals import connection_created

from keepwell.safeguards.records.columns import guard_connection


class RecordsConfig(AppConfig):
    """Register records under its label, which the store router reads."""

    name = "keepwell.safeguards.records"
    label = "records"

    def ready(self) -> None:
        """Register the checks, which need every model loaded, and guard every connection."""
        from keepwell.safeguards.records.checks import check_records  # noqa: PLC0415

        checks.register(check_records)
        connection_created.connect(guard_connection, dispatch_uid="records.guard_connection")
