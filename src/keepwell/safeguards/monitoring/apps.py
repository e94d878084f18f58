"""Django's entry for monitoring."""

from django.apps import AppConfig


class MonitoringConfig(AppConfig):
    """Register monitoring under its label, which the store router reads."""

    name = "keepwell.safeguards.monitoring"
    label = "monitoring"
