"""Django's entry for trail."""

from typing import ClassVar

from django.apps import AppConfig

from keepwell.safeguards.audit.trail.rights import TRAIL


class TrailConfig(AppConfig):
    """Register trail under its label, which the store router reads."""

    name = "keepwell.safeguards.audit.trail"
    label = "trail"
    rights: ClassVar = {"trail": TRAIL}  # read by tenancy.walls
