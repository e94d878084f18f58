"""Django's entry for audit."""

from typing import ClassVar

from django.apps import AppConfig

from keepwell.safeguards.audit.trail.rights import OUTBOX


class AuditConfig(AppConfig):
    """Register audit under its label, which the store router reads."""

    name = "keepwell.safeguards.audit"
    label = "audit"
    rights: ClassVar = {"default": OUTBOX}  # read by tenancy.walls
