"""Organisations, the abstract row that belongs to one, and the locations where they work."""

from copy import copy
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from keepwell.safeguards.tenancy.wall import walled_organisation
from keepwell.toolkit.clock import now
from keepwell.toolkit.identifiers import uuid7

Row = TypeVar("Row", bound=models.Model)


def check_time_zone(value: str) -> None:
    """Refuse a name that is not in the IANA time zone database."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        message = _("This time zone is not known. Choose one such as America/Los_Angeles.")
        raise ValidationError(message, code="time_zone") from error


class Organisation(models.Model):
    """A clinic or company: the unit of keys, trail and wall. What patients see of it is here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=200)
    telephone = models.CharField(max_length=40, blank=True)
    address = models.TextField(max_length=500, blank=True)
    hours = models.CharField(max_length=200, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[check_time_zone])
    locale = models.CharField(max_length=16, default="en-us")
    logo = models.BinaryField(null=True, blank=True)  # PNG, re-encoded by us, at most 64 KiB
    emergency_sentence = models.CharField(max_length=300, blank=True)
    # What entries of the trail say is erased after so many years (45 CFR 164.316(b)(2)(i): six).
    trail_years = models.PositiveSmallIntegerField(default=10, validators=[MinValueValidator(6)])
    # How long emergency access lasts before it falls back (45 CFR 164.312(a)(2)(ii)).
    emergency_minutes = models.PositiveSmallIntegerField(
        default=60, validators=[MinValueValidator(15), MaxValueValidator(240)]
    )
    # After how long without an act its people are signed out (45 CFR 164.312(a)(2)(iii)).
    idle_minutes = models.PositiveSmallIntegerField(
        default=15, validators=[MinValueValidator(5), MaxValueValidator(60)]
    )
    # For how long a device that its person trusts is not asked for the code; 0: always asked.
    trust_days = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(30)])
    trust_since = models.DateTimeField(null=True, blank=True)  # allowed or not allowed: since when
    is_demo = models.BooleanField(default=False)
    created = models.DateTimeField(auto_now_add=True)

    location_name = ""  # on pages that belong to one location: see `Location.seen`

    def __str__(self) -> str:
        return self.name

    @classmethod
    def held(cls, organisation: UUID) -> Self:
        """Hold the row until this transaction ends: acts that must not meet take turns with it."""
        return cls.objects.select_for_update(no_key=True).get(pk=organisation)


class WalledManager(models.Manager[Row]):
    """Find rows of the organisation this thread works for; raise NoWall outside every wall."""

    def get_queryset(self) -> models.QuerySet[Row]:
        """Return the rows behind this thread's wall."""
        return super().get_queryset().filter(organisation_id=walled_organisation())

    def _insert(self, objs: Any, fields: Any, **options: Any) -> Any:
        """Insert past the filter, which says nothing of new rows and costs more than sealing."""
        walled_organisation()
        rows: Any = super().get_queryset()
        return rows._insert(objs, fields, **options)  # noqa: SLF001  Django's, for its `save`


class OrganisationOwned(models.Model):
    """A row behind the wall: walled by this manager and by row-level security on PostgreSQL."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        abstract = True


class Location(OrganisationOwned):
    """A place where an organisation works. One is there from the beginning; a closed one stays."""

    name = models.CharField(max_length=200)
    address = models.TextField(max_length=500, blank=True)
    telephone = models.CharField(max_length=40, blank=True)
    hours = models.CharField(max_length=200, blank=True)
    created = models.DateTimeField(default=now, editable=False)
    closed = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                "organisation",
                Lower("name"),
                condition=models.Q(closed__isnull=True),
                name="open_locations_have_names_of_their_own",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def seen(self, organisation: Organisation) -> Organisation:
        """Return the organisation as its pages for patients of this location show it.

        A copy, never saved: what the location does not say, the organisation says.
        """
        shown = copy(organisation)
        shown.location_name = self.name if self.name != organisation.name else ""
        for name in ("telephone", "hours", "address"):
            setattr(shown, name, getattr(self, name) or getattr(organisation, name))
        return shown


class Placement(OrganisationOwned):
    """Something belongs to a location: a row of any model whose room places its rows.

    What belongs to all locations has no placement and says so itself (`is_everywhere`), so that a
    placement that is missing hides and never shows.
    """

    location = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="+")
    model = models.CharField(max_length=60)  # as the trail writes it: "forms.form"
    about = models.UUIDField()

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["model", "about", "location"], name="at_each_location_once"
            ),
        ]

    def __str__(self) -> str:
        return f"placement {self.id}"
