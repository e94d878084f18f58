"""Django's entry for persons."""

from django.apps import AppConfig


class PersonsConfig(AppConfig):
    """Register persons under its label, which the store router reads."""

    name = "keepwell.safeguards.persons"
    label = "persons"
