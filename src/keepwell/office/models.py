"""What members keep of their own about the office's pages, and which daily letters are written."""

from typing import Any, ClassVar

from django.db import models

from keepwell.safeguards.access.lending import Lent
from keepwell.safeguards.tenancy.models import OrganisationOwned, WalledManager
from keepwell.toolkit import clock


class SavedView(OrganisationOwned):
    """A name for what one member narrows the trail by. It holds ids, codes and days, no ePHI.

    The name is not sealed: the page says so where it is asked.
    """

    account = models.UUIDField()
    name = models.CharField(max_length=60)
    asked = models.TextField()  # the query part of the trail's address
    made = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "account", "name"], name="office_view_name"
            ),
        ]

    def __str__(self) -> str:
        return f"saved view {self.pk}"


class SharedExtract(Lent):
    """What a narrowed trail held at one moment, in one colleague's hands for some days.

    It keeps the question, in ids, codes and days, and how long the log was: never what it says.
    """

    asked = models.TextField()  # the query part of the trail's address, as it was filled in
    search = models.JSONField()  # what that meant then: `Search.kept`
    size = models.BigIntegerField()  # entries from here on are no part of it
    count = models.PositiveIntegerField()  # entries that it had

    def __str__(self) -> str:
        return f"shared extract {self.pk}"


class SummaryDay(OrganisationOwned):
    """A day on which an organisation's summaries were asked for: once, whoever notices it first."""

    day = models.DateField()  # of the organisation's time zone

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "day"], name="office_summary_day"),
        ]

    def __str__(self) -> str:
        return f"summaries of {self.day}"


class SummaryLetter(OrganisationOwned):
    """A summary that is being sent, or was: no second one goes to this account on this day."""

    account = models.UUIDField()
    day = models.DateField()
    job = models.UUIDField()  # names the message

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "account", "day"], name="office_summary_once"
            ),
        ]

    def __str__(self) -> str:
        return f"summary {self.pk}"
