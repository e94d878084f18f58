"""A model with every kind of sealed field, an index, and columns that are not sealed."""

from typing import ClassVar

from django.db import models

from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records.fields import SealedBytes, SealedDate, SealedJSON, SealedText
from keepwell.safeguards.records.index import BlindIndex
from keepwell.safeguards.records.models import SealedRecord


def folded(value: str) -> bytes:
    """Ignore case."""
    return value.casefold().encode()


class Specimen(SealedRecord):
    """One of everything."""

    plain = {"status": "one of two codes"}
    about: ClassVar[str] = "person_id"
    file_slot: ClassVar[str] = "specimens.file"

    text = SealedText(slot="specimens.text", category="text", index=BlindIndex(folded))
    day = SealedDate(slot="specimens.day", category="day", null=True)
    tree = SealedJSON(slot="specimens.tree", category="answers", null=True)
    drawn = SealedBytes(slot="specimens.drawn", category="signature", null=True)
    status = models.CharField(max_length=10, default="new")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"specimen {self.pk}"
