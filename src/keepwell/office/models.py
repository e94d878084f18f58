"""What members keep of their own about the office's pages."""

from django.db import models

from keepwell.safeguards.tenancy.models import OrganisationOwned
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
