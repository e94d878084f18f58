"""The organisation's Notice of Privacy Practices, by version and language; acceptances; choices.

A version without a number is the one being written: one at a time. Once it has its number it never
changes, because somebody may have read it. A notice is public; what a patient said of it is ePHI.
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keepwell.safeguards.consent.errors import NoticeIsFixed
from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.records.fields import SealedJSON
from keepwell.safeguards.records.models import SealedRecord
from keepwell.safeguards.tenancy.models import OrganisationOwned, WalledManager
from keepwell.toolkit.clock import now

_FIXED = "A published notice never changes; publish a new version."


class Notice(OrganisationOwned):
    """One version of the Notice of Privacy Practices (45 CFR 164.520)."""

    number = models.PositiveIntegerField(null=True)
    effective = models.DateField(null=True)  # a day of the organisation's time zone
    begun = models.DateTimeField(default=now, editable=False)
    published = models.DateTimeField(null=True)
    published_by = models.UUIDField(null=True)  # None: an address kept before there were versions

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation", "number"], name="notice_number_once"),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(number__isnull=True),
                name="one_notice_written_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=True, effective__isnull=True, published__isnull=True)
                | Q(number__isnull=False, effective__isnull=False, published__isnull=False),
                name="notice_published_as_a_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"notice {self.number or 'being written'}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert, or change what is being written; refuse to change what is published."""
        if not self._state.adding and _is_published(self.pk):
            raise NoticeIsFixed(_FIXED)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Discard what is being written; refuse to delete what is published."""
        if _is_published(self.pk):
            raise NoticeIsFixed(_FIXED)
        return super().delete(*args, **kwargs)


class NoticeText(OrganisationOwned):
    """A notice in one language: its text, or the address where the organisation publishes it."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="texts")
    language = models.CharField(max_length=16)  # of consent.languages
    position = models.PositiveSmallIntegerField()  # the first stands in for a language not there
    title = models.CharField(max_length=200)
    text = models.TextField(max_length=60_000, blank=True)
    address = models.URLField(max_length=500, blank=True)

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["notice", "language"], name="notice_language_once"),
            models.CheckConstraint(
                condition=(Q(text="") & ~Q(address="")) | (~Q(text="") & Q(address="")),
                name="notice_text_or_address",
            ),
        ]

    def __str__(self) -> str:
        return f"notice in {self.language}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert or change while the notice is being written."""
        if _is_published(self.notice_id):
            raise NoticeIsFixed(_FIXED)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Take a language out while the notice is being written."""
        if _is_published(self.notice_id):
            raise NoticeIsFixed(_FIXED)
        return super().delete(*args, **kwargs)


def _is_published(notice: Any) -> bool:
    return bool(Notice.objects.filter(pk=notice, number__isnull=False).exists())


class Acknowledgement(SealedRecord):
    """A patient said that a version of the notice was received, or why not.

    `source` is what was sent with it (a submission): one answer for each.
    """

    opened_by = PersonPermission.OPEN
    about = "person_id"
    plain = {"language": "the language of the notice, which is public"}

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    source = models.UUIDField(unique=True)
    language = models.CharField(max_length=16)
    moment = models.DateTimeField(default=now, editable=False)
    is_received = models.BooleanField()
    why = SealedJSON(slot="consent.acknowledgement.why", category="why not", null=True)

    class Meta:
        verbose_name = _("acknowledgement of the notice")
        verbose_name_plural = _("acknowledgements of the notice")


class RulesAddition(OrganisationOwned):
    """What an organisation adds to the rules of use, by version; the newest holds."""

    number = models.PositiveIntegerField()
    text = models.TextField(max_length=20_000, blank=True)
    published = models.DateTimeField()
    published_by = models.UUIDField(null=True)

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "number"], name="rules_addition_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"addition {self.number}"


class Acceptance(OrganisationOwned):
    """A member accepted a version of the rules of use, or an owner one of the terms."""

    account = models.UUIDField()
    kind = models.CharField(max_length=10, choices=[("rules", "rules"), ("terms", "terms")])
    version = models.PositiveIntegerField()
    addition = models.PositiveIntegerField(default=0)  # the organisation's; 0: none
    language = models.CharField(max_length=16)
    moment = models.DateTimeField(default=now, editable=False)

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation", "account", "kind", "version", "addition"],
                name="accepted_once",
            ),
        ]

    def __str__(self) -> str:
        return f"acceptance of {self.kind} {self.version}"


class Way(models.TextChoices):
    """How somebody chose a letter or withdrew."""

    LINK = "link", _("by the link in a letter")
    PAGE = "page", _("on this page")


class MailingChoice(OrganisationOwned):
    """A member chose an optional letter, or withdrew. Rows are only added: the newest holds."""

    account = models.UUIDField()
    letter = models.CharField(max_length=30)  # the code of a letter of the office
    version = models.PositiveIntegerField()  # of the words that offered it
    language = models.CharField(max_length=16)
    is_wanted = models.BooleanField()
    way = models.CharField(max_length=10, choices=Way)
    moment = models.DateTimeField(default=now, editable=False)

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "letter", "account"], name="consent_mailing"),
        ]

    def __str__(self) -> str:
        return f"choice of {self.letter}"
