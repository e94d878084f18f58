"""Django's entry for the guide's example."""

from django.apps import AppConfig


class GuideConfig(AppConfig):
    """Installed for the length of a test."""

    name = "tests.safeguards.records.guide"
    label = "care"
