"""Persons: those the ePHI is about, which of them are one human being, and reports given away."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from keepwell.safeguards.access.lending import Lent
from keepwell.safeguards.identity.sessions import digest_of
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.records.fields import SealedDate, SealedText
from keepwell.safeguards.records.index import BlindIndex, BlindToken
from keepwell.safeguards.records.keywords import Beginnings
from keepwell.safeguards.records.models import SealedRecord
from keepwell.safeguards.tenancy.models import OrganisationOwned
from keepwell.safeguards.vault import normalisers
from keepwell.toolkit import clock

FACTS = ("name", "born", "email", "telephone")  # what is kept of who a person is


class Person(SealedRecord):
    """One person as one source described them; every submission begins with one of its own.

    Found by date of birth, by telephone, and by how the words of the name begin. A match is offered
    by name and birth date together only: families share telephones.
    """

    name = SealedText(
        _("name"),
        slot="persons.person.name",
        category="name",
        null=True,
        keywords=Beginnings(),
    )
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
    added_by = models.UUIDField(null=True)  # the colleague; None: begun by what somebody sent
    corrected = models.DateTimeField(null=True)  # when a colleague last put facts right
    corrected_by_form = models.UUIDField(null=True)  # and with which form, should it come again

    opened_by = PersonPermission.OPEN
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


class OutsideDisclosure(SealedRecord):
    """What was told to somebody outside about a person, as an accounting names it.

    45 CFR 164.528(b)(2): when, to whom, what, and for what purpose. Written down by a colleague;
    one that never was is marked, not deleted: why is on the trail.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made = SealedDate(_("day"), slot="persons.outside.made", category="day of a disclosure")
    recipient = SealedText(
        _("to whom"), slot="persons.outside.recipient", category="recipient of a disclosure"
    )
    what = SealedText(_("what"), slot="persons.outside.what", category="what was disclosed")
    purpose = SealedText(_("why"), slot="persons.outside.purpose", category="why it was disclosed")
    by = models.UUIDField(null=True)
    noted = models.DateTimeField(default=clock.now, editable=False)
    mistaken = models.DateTimeField(null=True)

    opened_by = PersonPermission.OPEN
    about: ClassVar[str] = "person_id"

    def __str__(self) -> str:
        return f"outside disclosure {self.pk}"


class SharedReport(Lent):
    """A report of who opened a person's data, in one colleague's hands for some days.

    The report is an entry of the trail (`reports`), and so is why it was shared.
    """

    report = models.UUIDField()  # the entry that ordered it
    person = models.UUIDField()  # no foreign key: who was erased can be reported on

    class Meta:
        indexes = [models.Index(fields=["report"], name="shared_report_report")]

    def __str__(self) -> str:
        return f"shared report {self.pk}"


class HandedReport(OrganisationOwned):
    """A report of who opened a person's data, in that person's own hands for some days.

    The link's token is not here: `identity.links` keeps its hash. Whoever opens the link answers
    with the birth date on record, or with a code that was told separately; then this one browser
    holds a handle for a while.
    """

    report = models.UUIDField(db_index=True)  # the entry that ordered it
    person = models.UUIDField(db_index=True)  # who answers; no key, as for `SharedReport`
    persons = models.JSONField()  # all whom the report is about: it ends when they are not one
    code_hash = models.CharField(max_length=64, blank=True)  # keyed; empty: the birth date
    by = models.UUIDField(null=True)
    made = models.DateTimeField(default=clock.now)
    expires = models.DateTimeField()
    ended = models.DateTimeField(null=True)
    wrong = models.PositiveSmallIntegerField(default=0)  # answers, in all
    hour_began = models.DateTimeField(null=True)
    hour_wrong = models.PositiveSmallIntegerField(default=0)
    handle_hash = models.CharField(max_length=64, blank=True)
    opened_until = models.DateTimeField(null=True)
    readings = models.PositiveIntegerField(default=0)
    last_read = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"handed report {self.pk}"

    @property
    def is_open(self) -> bool:
        """Tell whether it has neither ended nor been taken back."""
        return self.ended is None and self.expires > clock.now()

    def is_opened_by(self, handle: str) -> bool:
        """Tell whether this browser has answered and its time is not over."""
        is_fresh = self.opened_until is not None and self.opened_until > clock.now()
        return is_fresh and constant_time_compare(self.handle_hash, digest_of(handle))

    def end(self) -> None:
        """End it at once, for a browser that has answered too."""
        self.ended = clock.now()
        self.save(update_fields=["ended"])
