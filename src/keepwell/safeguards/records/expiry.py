"""Erase records that have been kept as long as their model says, rows, files, keys and index.

What another row still refers to stays until that one is gone. Every erasure is on the trail.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef

from keepwell.safeguards.records.actions import erase
from keepwell.safeguards.records.catalogue import sealed_models
from keepwell.safeguards.records.events import RecordsEvent
from keepwell.safeguards.records.models import SealedRecord
from keepwell.safeguards.records.retention import Retention
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.organisations import organisation_ids
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit import clock

BATCH = 500  # rows in one transaction and one entry
_HOLDING = (models.PROTECT, models.RESTRICT)


def erase_all_expired(*, pause: Callable[[], object] = lambda: None) -> int:
    """Erase in every organisation, as the system; return how many rows went."""
    return sum(
        erase_expired(_system(organisation), pause=pause) for organisation in organisation_ids()
    )


def erase_expired(
    viewer: Viewer, *, limit: int = BATCH, pause: Callable[[], object] = lambda: None
) -> int:
    """Erase an organisation's rows that have had their time; return how many.

    Round after round: what referred to a row may go in this one, the row itself in the next.
    `pause` is called between rounds and may raise.
    """
    total = 0
    pause()
    while erased := sum(_erase_some(viewer, *kept, limit) for kept in _kept_models()):
        total += erased
        pause()
    return total


def _erase_some(viewer: Viewer, model: type[SealedRecord], retention: Retention, limit: int) -> int:
    reason = f"kept for {retention.days} days after {retention.after}"
    with wall.writing(viewer.organisation):
        found = _expired(model, retention).select_for_update(of=("self",)).order_by("pk")
        rows = list(found[:limit])
        erase(viewer, rows, RecordsEvent.RETENTION_ERASE, reason=reason)
    return len(rows)


def _kept_models() -> Iterator[tuple[type[SealedRecord], Retention]]:
    return ((model, model.retention) for model in sealed_models() if model.retention)


def _expired(model: type[SealedRecord], retention: Retention) -> models.QuerySet[SealedRecord]:
    before: Any = clock.now() - timedelta(days=retention.days)
    if not isinstance(model._meta.get_field(retention.after), models.DateTimeField):
        before = before.date()
    found: models.QuerySet[SealedRecord] = model.objects.filter(
        **{f"{retention.after}__lt": before}
    )
    for relation in model._meta.get_fields(include_hidden=True):
        if getattr(relation, "on_delete", None) in _HOLDING and not relation.concrete:
            referring: Any = relation.related_model
            name = relation.field.name  # type: ignore[union-attr]
            rows = referring._default_manager.filter(**{name: OuterRef("pk")})
            found = found.filter(~Exists(rows))
    return found


def _system(organisation: UUID) -> Viewer:
    return Viewer(kind=ViewerKind.SYSTEM, organisation=organisation)
