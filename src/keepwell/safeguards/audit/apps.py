"""Django's entry for audit."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Register audit under its label, which the store router reads."""

    name = "keepwell.safeguards.audit"
    label = "audit"
