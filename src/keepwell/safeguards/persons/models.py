"""Persons: those the ePHI is about, and which of them were found to be one human being."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from keepwell.safeguards.records.fields import SealedDate, SealedText
from keepwell.safeguards.records.index import BlindIndex, BlindToken
from keepwell.safeguards.records.models import SealedRecord
from keepwell.safeguards.tenancy.models import OrganisationOwned
from keepwell.safeguards.vault import normalisers
from keepwell.toolkit import clock


class Person(SealedRecord):
    """One person as one source described them; every submission begins with one of its own.

    Found by date of birth and by telephone, never by name alone: how often a name occurs would give
    it away. A match is offered by name and birth date together only: families share telephones.
    """

    name = SealedText(_("name"), slot="persons.person.name", category="name", null=True)
    born = SealedDate(
        _("birth date"),
        slot="persons.person.born",
        category="birth date",
        null=True,
        index=BlindIndex(normalisers.date),
    )
    email = SealedText(_("e-mail"), slot="persons.person.email", category="e-mail", null=True)
    telephone = SealedText(
        _("telephone"),
        slot="persons.person.telephone",
        category="telephone",
        null=True,
        index=BlindIndex(normalisers.telephone_ending),
    )
    match_token = BlindToken(
        slot="persons.person.match",
        of=("name", "born"),
        normalisers=(normalisers.name, normalisers.date),
    )
    created = models.DateTimeField(default=clock.now, editable=False)

    about: ClassVar[str] = "id"

    class Meta(SealedRecord.Meta):
        # The newest first, without sorting all of an organisation's.
        indexes = [models.Index(fields=["organisation", "-id"], name="persons_newest")]

    def __str__(self) -> str:
        return f"person {self.pk}"


class PersonJoin(OrganisationOwned):
    """A colleague's finding that one person is another; undone by a mark, not by deleting.

    Joins form chains and trees: a person has at most one that is not undone, so all that lead to
    the same person are one whole. Keys, seals and rows of both stay as they are. The reason is on
    the trail, in the entries.
    """

    joined = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="joins")
    into = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="joins_received")
    by = models.UUIDField(null=True)  # the actor's id; accounts are another store's business
    moment = models.DateTimeField(default=clock.now)
    entry_id = models.UUIDField()
    undone = models.DateTimeField(null=True)
    undone_by = models.UUIDField(null=True)
    undone_entry_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(joined=F("into")), name="persons_join_not_into_itself"
            ),
            models.UniqueConstraint(
                fields=["joined"], condition=Q(undone__isnull=True), name="persons_one_join"
            ),
        ]

    def __str__(self) -> str:
        return f"join {self.pk}"
