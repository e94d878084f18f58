"""Django's entry for the specimens."""

from django.apps import AppConfig


class SpecimensConfig(AppConfig):
    """Installed by the fixture `specimens` for the length of a test."""

    name = "tests.safeguards.records.specimens"
    label = "specimens"
