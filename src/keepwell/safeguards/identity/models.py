"""Accounts and how they sign in: users, the organisations they may enter, sessions, links, tries.

These stand outside the wall, because they are needed before an organisation is known. None has a
column named organisation_id, which is what makes a table a walled one; where an organisation is
remembered, it is a bare id and says nothing about what may be done: `access.Membership` does.
"""

from enum import StrEnum
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from keepwell.toolkit.clock import now
from keepwell.toolkit.identifiers import uuid7


class Theme(models.TextChoices):
    """Light or dark, whatever the device asks for."""

    DEVICE = "", _("As the device is set")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Density(models.TextChoices):
    """How much of a page a wide screen shows."""

    ROOMY = "", _("Roomy")
    COMPACT = "compact", _("Compact: more on a wide screen")


class User(AbstractBaseUser):
    """A member of staff. Accounts stand outside the wall; memberships stand inside it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    created = models.DateTimeField(default=now, editable=False)
    theme = models.CharField(max_length=8, choices=Theme, default=Theme.DEVICE, blank=True)
    density = models.CharField(max_length=8, choices=Density, default=Density.ROOMY, blank=True)
    has_keys = models.BooleanField(default=True)  # single letters act on pages (WCAG 2.1.4)
    language = models.CharField(max_length=16, default="", blank=True)  # "": as the organisation's
    device_round = models.PositiveIntegerField(default=0)  # known browsers: see identity.devices

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("email"), name="one_account_per_address"),
        ]


class Door(models.Model):
    """An organisation that an account may enter: the way from an account to its memberships.

    A closed one is kept: the organisation's rows still name the account, and whoever comes back
    gets the same door opened again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="doors")
    organisation = models.UUIDField()
    closed = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "organisation"], name="one_door_each"),
        ]

    def __str__(self) -> str:
        return f"door {self.id}"


class Stage(StrEnum):
    """How far a session has come; only FULL reaches pages of the organisation."""

    ANONYMOUS = ""
    PASSWORD = "password"  # noqa: S105  a stage, not a password
    FACTORS = "factors"
    FULL = "full"


class SessionRecord(models.Model):
    """One session of one browser, in exactly one organisation once it is full.

    Only the SHA-256 of the session's key is kept: who reads this table cannot take a session over.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key_digest = models.CharField(max_length=64, unique=True, editable=False)
    data = models.TextField(blank=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    stage = models.CharField(max_length=10, blank=True, default=Stage.ANONYMOUS)
    organisation = models.UUIDField(null=True)
    created = models.DateTimeField(default=now)
    last_act = models.DateTimeField(default=now)
    address = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=80, blank=True)
    factor = models.CharField(max_length=36, blank=True)  # a word of `Factor`, or a passkey's id
    # What the organisation has said, written here so that deciding touches one row.
    idle_minutes = models.PositiveSmallIntegerField(default=15)
    trust = models.UUIDField(null=True)  # the trust that this session gave or used: TrustedDevice
    ended = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="full_session_has_user_and_organisation",
                condition=~models.Q(stage="full")
                | models.Q(user__isnull=False, organisation__isnull=False),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "ended"], name="sessions_of_user"),
        ]

    def __str__(self) -> str:
        return f"session {self.id}"


class Factor(StrEnum):
    """What a session's second step was done with, when it was no passkey."""

    APP = "app"
    RECOVERY_CODE = "recovery-code"
    TRUSTED_DEVICE = "trusted-device"  # none was asked for


class TrustedDevice(models.Model):
    """A browser in which one account is not asked for the second step, for some days.

    Only the hash of the browser's secret is kept. A row that is gone is a trust that has ended:
    what happened stands on the trail.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    secret_digest = models.CharField(max_length=64, editable=False, db_index=True)
    created = models.DateTimeField(default=now)
    expires = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    device = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "secret_digest"], name="one_trust_each"),
        ]

    def __str__(self) -> str:
        return f"trusted device {self.id}"


class Passkey(models.Model):
    """A key pair whose private half stays on a device or in its person's password manager.

    `credential` is the attested credential data (WebAuthn level 3, 6.5.1): model of the
    authenticator, id and public key. `counter` is the last signature counter seen (6.1.1).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)  # of the credential's id
    credential = models.BinaryField()
    counter = models.BigIntegerField(default=0)
    created = models.DateTimeField(default=now)
    last_used = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"passkey {self.id}"


class LinkPurpose(StrEnum):
    """What a one-time link is good for, and nothing else."""

    JOIN = "join"
    PASSKEY = "passkey"  # a challenge: what a passkey has to sign
    REPLACE_FACTOR = "factor"
    REPORT = "report"  # read until it ends or is taken back, each time after an answer: never used
    RESET_PASSWORD = "reset"  # noqa: S105  a purpose, not a password
    SET_UP = "set-up"


class Desk(models.Model):
    """A browser at which people of one organisation take turns; only its handle's hash is kept.

    It opens nothing: whoever holds the handle sees names to choose from, and signs in as always.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    handle_digest = models.CharField(max_length=64, unique=True, editable=False)
    organisation = models.UUIDField(db_index=True)
    chosen = models.UUIDField(null=True)  # the seat whose name was pressed last

    def __str__(self) -> str:
        return f"desk {self.id}"


class Seat(models.Model):
    """Somebody who has made room for a colleague at a desk, and the page that was left."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    desk = models.ForeignKey(Desk, on_delete=models.CASCADE, related_name="seats")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=200, blank=True)
    left = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["desk", "user"], name="one_seat_each"),
        ]

    def __str__(self) -> str:
        return f"seat {self.id}"


class OneTimeLink(models.Model):
    """A link that works once, for one purpose, for a short while; only its token's hash is kept.

    `organisation` and `about` are bare ids of what the link leads to behind a wall.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    purpose = models.CharField(max_length=10)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    organisation = models.UUIDField(null=True)
    about = models.UUIDField(null=True)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"one-time link {self.id}"


class FactorReplacement(models.Model):
    """A colleague has asked that an account may put a new second step in place of a lost one.

    It belongs to the account, which may enter several organisations, and so stands outside the
    wall; `organisation` is where it was started. It ends once, for the reason `ended_because`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    organisation = models.UUIDField()
    started = models.DateTimeField(default=now)
    started_by = models.UUIDField()
    opens = models.DateTimeField()
    expires = models.DateTimeField()
    confirmed = models.DateTimeField(null=True)
    confirmed_by = models.UUIDField(null=True)
    ended = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(ended__isnull=True),
                name="one_replacement_at_a_time",
            ),
            models.CheckConstraint(
                name="confirmed_by_a_second",
                condition=models.Q(confirmed_by__isnull=True)
                | ~models.Q(confirmed_by=models.F("started_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"replacement of a second step {self.id}"


class Tries(models.Model):
    """Failed tries at one door: an account, a network, a browser known to an account."""

    door = models.CharField(max_length=64, primary_key=True)  # a keyed hash, see identity.throttle
    failures = models.PositiveIntegerField(default=0)
    falls_from = models.DateTimeField(default=now)  # from when on failures are forgotten one by one
    closed_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "tries"

    def __str__(self) -> str:
        return f"{self.failures} failed tries"
