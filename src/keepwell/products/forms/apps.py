"""Django's entry for forms."""

from django.apps import AppConfig


class FormsConfig(AppConfig):
    """Register forms under its label, which the store router reads."""

    name = "keepwell.products.forms"
    label = "forms"
