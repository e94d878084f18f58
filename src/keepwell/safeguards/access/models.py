"""Membership: which account works in an organisation, as what; and from which networks."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from keepwell.safeguards.access import ranges
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.tenancy.models import OrganisationOwned, WalledManager
from keepwell.toolkit.clock import now


class Membership(OrganisationOwned):
    """One account in one organisation. Ended ones are kept: the trail speaks of them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])
    joined = models.DateTimeField(auto_now_add=True)
    ended = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "user"],
                condition=models.Q(ended__isnull=True),
                name="one_membership_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in Role]), name="known_role"
            ),
        ]

    def __str__(self) -> str:
        return f"membership {self.id}"


class AllowedNetwork(OrganisationOwned):
    """A range of addresses that members may come in from; `access.networks` says what it means."""

    network = models.CharField(max_length=ranges.LONGEST, editable=False)  # as `ranges` writes it
    name = models.CharField(max_length=80)
    role = models.CharField(max_length=20, blank=True)  # empty: for everybody
    added = models.DateTimeField(default=now, editable=False)
    suspended = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "network", "role"], name="each_range_once_for_a_role"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=["", *(role.value for role in Role)]),
                name="allowed_for_a_known_role",
            ),
        ]

    def __str__(self) -> str:
        return f"allowed network {self.id}"
