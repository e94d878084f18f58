"""Wrapped keys: the only tables of the keystore. No row here opens anything without the root key.

Every table but `RootMarker` and `Notice` carries the organisation it belongs to, for the wall.
There are no foreign keys to organisations: they live in another store.
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Substr

from keepwell.safeguards.tenancy.models import WalledManager
from keepwell.toolkit.identifiers import uuid7


class RootMarker(models.Model):
    """One row, wrapped by the root key, by which start-up notices another root key."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    fingerprint = models.CharField(max_length=16)  # the last line of the printed root key
    wrapped = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(id=1), name="root_marker_is_one"),
        ]

    def __str__(self) -> str:
        return f"root marker {self.fingerprint}"


class OrganisationKey(models.Model):
    """A version of an organisation's key, wrapped by the root key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation_id = models.UUIDField()
    version = models.PositiveIntegerField(default=1)
    wrapped = models.BinaryField()
    made = models.DateTimeField()

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation_id", "version"], name="organisation_key_version"
            ),
        ]

    def __str__(self) -> str:
        return f"organisation key {self.organisation_id} {self.version}"


class Purpose(models.TextChoices):
    """What a purpose key is for."""

    INDEX = "index"
    SIGNING = "signing"


class PurposeKey(models.Model):
    """A key of the organisation with one purpose, wrapped by the organisation key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation_id = models.UUIDField()
    purpose = models.CharField(max_length=16, choices=Purpose)
    version = models.PositiveIntegerField(default=1)
    wrapped = models.BinaryField()
    made = models.DateTimeField()

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["organisation_id", "purpose", "version"], name="purpose_key_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} key {self.organisation_id} {self.version}"


class DataKey(models.Model):
    """A version of a person's or record's key, under the organisation key. Deleting it shreds."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation_id = models.UUIDField()
    key_id = models.UUIDField()
    version = models.PositiveIntegerField(default=1)
    wrapped = models.BinaryField()
    made = models.DateTimeField()

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key_id", "version"], name="data_key_version"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation_id", "made"], name="data_key_age"),
            # The version of the organisation key that wraps it stands in the bytes themselves.
            models.Index("organisation_id", Substr("wrapped", 2, 4), name="data_key_wrapping"),
        ]

    def __str__(self) -> str:
        return f"data key {self.key_id} {self.version}"


class SharedKey(models.Model):
    """A name for a data key that many rows share, such as a month of the trail."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation_id = models.UUIDField()
    name = models.CharField(max_length=200)
    key_id = models.UUIDField(unique=True)

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["organisation_id", "name"], name="shared_key_name"),
        ]

    def __str__(self) -> str:
        return f"shared key {self.name}"


class NoticeKind(models.TextChoices):
    """Why something must be forgotten."""

    ORGANISATION = "organisation"  # its own keys changed: a version came, went, or all went
    SHRED = "shred"
    SWEEP = "sweep"


class Notice(models.Model):
    """What every process must forget, in the order in which it was committed. Only added to.

    It stands outside the walls, so that one cheap look answers for all organisations: it names ids
    of keys, which lead nowhere once the keys are gone, and an entry of the trail.
    """

    sequence = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=16, choices=NoticeKind)
    named = models.BinaryField()  # 16 bytes for each id: data keys, or an organisation
    entry_id = models.UUIDField(null=True)  # of the trail's entry that ordered it
    made = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["entry_id"], name="notice_entry"),
        ]

    def __str__(self) -> str:
        return f"notice {self.sequence} {self.kind}"


class ErasedOrganisation(models.Model):
    """What stays of an organisation's keys: what checks its log, and when the keys went.

    Made when the erasure is ordered, completed in the transaction that deletes the keys. It holds
    ids, counts and public values alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation_id = models.UUIDField(unique=True)
    entry_id = models.UUIDField(null=True)  # of the trail's entry that ordered it
    public_key = models.BinaryField()  # Ed25519, 32 bytes
    counts = models.JSONField(default=dict)  # rows of each model when it was ordered
    ordered = models.DateTimeField()
    destroyed = models.DateTimeField(null=True)
    keys = models.PositiveBigIntegerField(default=0)  # data keys that went
    note = models.TextField(blank=True)  # the newest signed head when they went

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    def __str__(self) -> str:
        return f"erased organisation {self.organisation_id}"
