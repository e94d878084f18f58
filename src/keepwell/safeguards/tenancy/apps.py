"""Django's entry for tenancy."""

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    """Register tenancy under its label, which the store router reads."""

    name = "keepwell.safeguards.tenancy"
    label = "tenancy"
