"""What the data store keeps for the vault: shreddings that a committed act still owes.

An act deletes rows in the data store and keys in the keystore, and no commit spans both. So the
act leaves here, in its own transaction, which keys must go; they are then shredded at once, and a
process that is killed in between leaves nothing undone.
"""

from typing import Any, ClassVar

from django.db import models

from keepwell.safeguards.tenancy.models import WalledManager
from keepwell.toolkit.identifiers import uuid7


class ShreddingOwed(models.Model):
    """A key that must be shredded, and the entry of the trail that says why."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    organisation_id = models.UUIDField()
    key_id = models.UUIDField()
    entry_id = models.UUIDField()

    objects: ClassVar[WalledManager[Any]] = WalledManager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation_id"], name="shredding_owed_by"),
        ]

    def __str__(self) -> str:
        return f"shredding owed {self.key_id}"
