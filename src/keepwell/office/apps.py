"""Django's entry for office."""

from django.apps import AppConfig

from keepwell.safeguards.monitoring import telling


class OfficeConfig(AppConfig):
    """Register office under its label, which the store router reads."""

    name = "keepwell.office"
    label = "office"

    def ready(self) -> None:
        """Have officers told by mail of alerts."""
        from keepwell.office.alerts.actions import tell  # noqa: PLC0415  needs apps

        telling.through(tell)
