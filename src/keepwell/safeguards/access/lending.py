"""What is in one colleague's hands for some days, whatever the role: one lifetime for all of it.

It ends by itself, when it is taken back, and with the membership; whoever comes back does not find
it again. What was lent, and who may lend it, is its own room's to say. Call these inside the wall.
"""

from collections.abc import Iterator
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import QuerySet

from keepwell.safeguards.access.manifest import Held
from keepwell.safeguards.tenancy.models import OrganisationOwned
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit import clock

DAYS = 7  # unless somebody says
MOST_DAYS = 30


class Lent(OrganisationOwned):
    """A row that one colleague may read until it ends."""

    colleague = models.UUIDField(db_index=True)  # an account
    by = models.UUIDField(null=True)
    made = models.DateTimeField(default=clock.now)
    expires = models.DateTimeField()
    ended = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        """Tell whether the colleague can read it now."""
        return self.ended is None and self.expires > clock.now()

    def end(self) -> None:
        """Let nobody read it from now on."""
        self.ended = clock.now()
        self.save(update_fields=["ended"])


_Lent = TypeVar("_Lent", bound=Lent)


def open_ones(rows: QuerySet[_Lent]) -> QuerySet[_Lent]:
    """Narrow to what can be read now."""
    return rows.filter(ended__isnull=True, expires__gt=clock.now())


def held_by(viewer: Viewer, rows: QuerySet[_Lent]) -> QuerySet[_Lent]:
    """Narrow to what the viewer can read now, the newest first; nothing where no member acts."""
    if viewer.kind is not ViewerKind.MEMBER or viewer.actor is None:
        return rows.none()
    return open_ones(rows).filter(colleague=viewer.actor).order_by("-made", "-id")


def take_from(viewer: Viewer, account: UUID, rows: QuerySet[Any], model: str) -> Iterator[Held]:
    """End what an account holds among these; yield each thing, by the name of its model."""
    own = open_ones(rows).filter(organisation=viewer.organisation, colleague=account)
    for row in own.order_by("id"):
        row.end()
        yield Held(model, row.pk, row.made)
