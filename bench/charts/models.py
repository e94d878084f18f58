"""Eight sealed fields, and the same eight in clear behind the wall (what the wall alone costs)."""

from django.db import models

from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.records.fields import SealedText
from keepwell.safeguards.records.index import BlindIndex
from keepwell.safeguards.records.models import SealedRecord
from keepwell.safeguards.tenancy.models import OrganisationOwned


def folded(value: str) -> bytes:
    """Ignore case."""
    return value.casefold().encode()


class Chart(SealedRecord):
    """A chart, sealed."""

    opened_by = PersonPermission.OPEN

    name = SealedText(slot="chart.name", category="name")
    born = SealedText(slot="chart.born", category="birth date")
    email = SealedText(slot="chart.email", category="e-mail")
    telephone = SealedText(slot="chart.telephone", category="telephone")
    address = SealedText(slot="chart.address", category="address")
    insurance = SealedText(slot="chart.insurance", category="insurance")
    complaint = SealedText(slot="chart.complaint", category="complaint")
    notes = SealedText(slot="chart.notes", category="notes")

    class Meta:
        # As every model that is listed newest first: else SQLite sorts all of them.
        indexes = [models.Index(fields=["organisation", "-id"], name="charts_newest")]

    def __str__(self) -> str:
        return f"chart {self.pk}"


class FoundChart(SealedRecord):
    """One sealed field that can be found by equality."""

    opened_by = PersonPermission.OPEN

    name = SealedText(slot="found.name", category="name", index=BlindIndex(folded))

    def __str__(self) -> str:
        return f"chart {self.pk}"


class WalledChart(OrganisationOwned):
    """A chart in clear, behind the wall."""

    name = models.TextField()
    born = models.TextField()
    email = models.TextField()
    telephone = models.TextField()
    address = models.TextField()
    insurance = models.TextField()
    complaint = models.TextField()
    notes = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["organisation", "-id"], name="charts_walled_newest")]

    def __str__(self) -> str:
        return f"chart {self.pk}"
