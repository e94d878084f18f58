"""The outbox: entries that were committed together with a change, on their way to the trail."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from keepwell.safeguards.tenancy.models import OrganisationOwned


class Outbox(OrganisationOwned):
    """One entry whose change is committed; its id is the entry's id. Deleted once on the trail."""

    kind = models.CharField(max_length=200)
    time_us = models.BigIntegerField()
    period = models.PositiveIntegerField()
    key_id = models.UUIDField()
    payload = models.BinaryField()  # sealed under that key
    mentions = models.BinaryField()  # 17 bytes each: part, id

    class Meta:
        indexes = [models.Index(fields=["organisation", "time_us"], name="audit_outbox_oldest")]

    def __str__(self) -> str:
        return str(self.id)


class Moved(OrganisationOwned):
    """How many entries have been taken out of the outbox, one row for each organisation.

    The trail counts what came from here, too (`trail.models.Checkpoint.moved`): a store that was
    put back alone counts less than the other remembers (`alongside`).
    """

    entries = models.BigIntegerField()

    class Meta:
        verbose_name_plural = _("counts of changes handed over to the trail")
        constraints = [models.UniqueConstraint(fields=["organisation"], name="audit_moved_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.entries}"
