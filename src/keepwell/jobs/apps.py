"""Django's entry for jobs: finds what every app declares in its `tasks`."""

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """Register jobs under its label, which the store router reads."""

    name = "keepwell.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Import every app's `tasks`, and those that config names because they belong to no app."""
        autodiscover_modules("tasks")
        for module in settings.KEEPWELL_TASKS:
            import_module(module)
