"""A model with every kind of sealed field, an index, and columns that are not sealed."""

from typing import ClassVar

from django.db import models

from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.records.fields import (
    SealedBoolean,
    SealedBytes,
    SealedDate,
    SealedDateTime,
    SealedDecimal,
    SealedInteger,
    SealedJSON,
    SealedText,
)
from keepwell.safeguards.records.index import BlindIndex
from keepwell.safeguards.records.keywords import Keywords
from keepwell.safeguards.records.models import SealedRecord


def folded(value: str) -> bytes:
    """Ignore case."""
    return value.casefold().encode()


class Specimen(SealedRecord):
    """One of everything."""

    plain = {"status": "one of two codes"}
    opened_by = PersonPermission.OPEN
    about: ClassVar[str] = "person_id"
    file_slot: ClassVar[str] = "specimens.file"

    text = SealedText(slot="specimens.text", category="text", index=BlindIndex(folded))
    day = SealedDate(slot="specimens.day", category="day", null=True)
    tree = SealedJSON(slot="specimens.tree", category="answers", null=True)
    drawn = SealedBytes(slot="specimens.drawn", category="signature", null=True)
    seen = SealedDateTime(slot="specimens.seen", category="moment", null=True)
    amount = SealedDecimal(slot="specimens.amount", category="amount", null=True)
    count = SealedInteger(slot="specimens.count", category="count", null=True)
    is_well = SealedBoolean(slot="specimens.is_well", category="answer", null=True)
    code = SealedText(
        slot="specimens.code",
        category="code",
        null=True,
        padding=32,
        index=BlindIndex(folded, unique=True),
    )
    story = SealedText(slot="specimens.story", category="story", null=True, keywords=Keywords())
    status = models.CharField(max_length=10, default="new")
    day_kept = models.DateField(null=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"specimen {self.pk}"
