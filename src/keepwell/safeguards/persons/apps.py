"""Django's entry for persons."""

from django.apps import AppConfig
from django.core import checks


class PersonsConfig(AppConfig):
    """Register persons under its label, which the store router reads."""

    name = "keepwell.safeguards.persons"
    label = "persons"

    def ready(self) -> None:
        """Register the checks, which need every model loaded."""
        from keepwell.safeguards.persons.checks import check_persons  # noqa: PLC0415

        checks.register(check_persons)
