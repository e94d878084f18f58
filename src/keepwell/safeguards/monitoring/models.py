"""Alerts, and how far into each trail the rules have looked. Ids, moments and numbers only."""

from typing import Any, ClassVar
from uuid import UUID

from django.db import models

from keepwell.safeguards.tenancy.models import OrganisationOwned, WalledManager


class Cursor(OrganisationOwned):
    """The index of the first entry of the trail that no rule has seen; one row an organisation.

    It moves in the transaction that writes the alerts: whatever is killed, each entry counts once.
    """

    position = models.BigIntegerField()

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation"], name="one_cursor_into_each_trail"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.position}"


class Alert(OrganisationOwned):
    """A rule was met. While nobody has acknowledged it, what follows counts up and makes no other.

    `rule` is a code and not a choice: rules that an owner makes will have codes of their own. The
    note of whoever acknowledged it is on the trail, sealed.
    """

    rule = models.CharField(max_length=60)
    about = models.UUIDField()  # an account; the organisation where it is about nobody's alone
    first = models.DateTimeField()
    last = models.DateTimeField()
    count = models.PositiveIntegerField()
    first_index = models.BigIntegerField(null=True)  # of the entries; null: not found in them
    last_index = models.BigIntegerField(null=True)
    finding = models.CharField(max_length=20, blank=True)  # a code of `audit.reports.Problem`
    raised = models.DateTimeField()
    told = models.DateTimeField()  # when letters about it were last asked for
    acknowledged = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.UUIDField(null=True)

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "rule", "about"],
                condition=models.Q(acknowledged__isnull=True),
                name="one_open_alert_of_a_rule_about_somebody",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "rule", "about", "raised"], name="newest_alert"),
        ]

    def __str__(self) -> str:
        return f"alert {self.id}"

    @property
    def is_open(self) -> bool:
        """Tell whether nobody has acknowledged it."""
        return self.acknowledged is None

    @property
    def account(self) -> UUID | None:
        """Return whose account it is about; None for the organisation as a whole."""
        return None if self.about == self.organisation_id else self.about
