"""Django's entry for access: installs the manifests and the start-up check."""

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.utils.module_loading import import_string

from keepwell.jobs import admission
from keepwell.safeguards.access import registry


class AccessConfig(AppConfig):
    """Register access under its label, which the store router reads."""

    name = "keepwell.safeguards.access"
    label = "access"

    def ready(self) -> None:
        """Install the manifests that config lists, judge jobs, and check every route at start."""
        from keepwell.safeguards.access.acting import judge  # noqa: PLC0415  needs apps
        from keepwell.safeguards.access.checks import check_declarations  # noqa: PLC0415  needs apps

        admission.through(judge)
        registry.install(import_string(settings.KEEPWELL_MANIFESTS))
        checks.register(check_declarations, checks.Tags.urls)
