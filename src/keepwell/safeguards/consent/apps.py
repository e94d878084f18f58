"""Django's entry for consent."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """Register consent under its label, which the store router reads."""

    name = "keepwell.safeguards.consent"
    label = "consent"
