"""The tables of the trail. Nobody may UPDATE or DELETE what the log is made of (`rights`).

How far a log has come is therefore read from its newest checkpoint, full tiles and last entries.
"""

from django.db import models


class Log(models.Model):
    """That an organisation has a log. Not walled: sweeps learn here which logs there are."""

    id = models.UUIDField(primary_key=True)  # the organisation's
    created_us = models.BigIntegerField()

    def __str__(self) -> str:
        return str(self.id)


class Entry(models.Model):
    """One entry, in the order of the log (docs/formats/trail.md)."""

    pk = models.CompositePrimaryKey("organisation_id", "index")
    organisation_id = models.UUIDField()
    index = models.BigIntegerField()
    entry_id = models.UUIDField()
    kind = models.CharField(max_length=200)
    time_us = models.BigIntegerField()
    period = models.PositiveIntegerField()
    digest = models.BinaryField()  # SHA-256 of the sealed payload: stays when the payload goes
    leaf = models.BinaryField()
    key_id = models.UUIDField()  # shredding it erases the payload
    payload = models.BinaryField(null=True)  # sealed; retention may take it away, as the owner

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "entry_id"], name="trail_entry_once")
        ]
        indexes = [
            models.Index(fields=["organisation_id", "kind", "index"], name="trail_entry_by_kind")
        ]

    def __str__(self) -> str:
        return str(self.index)


class Tile(models.Model):
    """A full tile of 256 hashes (C2SP tlog-tiles), and the hash over it."""

    pk = models.CompositePrimaryKey("organisation_id", "level", "number")
    organisation_id = models.UUIDField()
    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField()
    root = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.level}/{self.number}"


class Checkpoint(models.Model):
    """A signed head of the log; one more with every batch, none ever changed."""

    pk = models.CompositePrimaryKey("organisation_id", "size")
    organisation_id = models.UUIDField()
    size = models.BigIntegerField()
    root = models.BinaryField()
    signed_us = models.BigIntegerField()
    note = models.TextField()  # C2SP signed note
    moved = models.BigIntegerField(db_default=0)  # of its entries, those that came by the outbox

    def __str__(self) -> str:
        return str(self.size)


class Mention(models.Model):
    """Where an id occurs (random ids only): finds the trail of a person, record or actor.

    The organisation stands last in the key: whole numbers before it are compared much faster.
    """

    pk = models.CompositePrimaryKey("about", "index", "part", "organisation_id")
    about = models.BigIntegerField()  # entries.about_number of the id
    index = models.BigIntegerField()
    part = models.PositiveSmallIntegerField()  # entries.Part
    organisation_id = models.UUIDField()

    def __str__(self) -> str:
        return f"{self.about} in {self.index}"


class Inbox(models.Model):
    """An entry that is durable and waits for the sequencer; on PostgreSQL only (`rights`)."""

    pk = models.CompositePrimaryKey("organisation_id", "entry_id")
    organisation = models.ForeignKey(Log, on_delete=models.DO_NOTHING, related_name="+")
    entry_id = models.UUIDField()  # made by whoever records: a second try is recognised
    kind = models.CharField(max_length=200)
    time_us = models.BigIntegerField()
    period = models.PositiveIntegerField()
    key_id = models.UUIDField()
    payload = models.BinaryField()  # sealed under that key
    mentions = models.BinaryField()  # 17 bytes each: part, id

    def __str__(self) -> str:
        return str(self.entry_id)
