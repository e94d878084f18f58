"""All rows of one organisation in the data store: counted, and deleted in the order they refer.

Which tables those are is asked of the models, every time: a product added later is erased without
having to remember this file. Rows go by SQL alone: each one's own road (`records.actions.erase`)
would leave entries about rows whose keys are destroyed together with all others.
"""

from collections.abc import Iterator
from uuid import UUID

from django.apps import apps
from django.db import models, router

from keepwell.safeguards.audit.models import Outbox
from keepwell.safeguards.identity.models import Desk, Door, SessionRecord
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation

STORE = "default"
# Sessions: an ended one tells its browser why, for a day. Doors and desks, with the names at them:
# go with accounts, after the rows.
_LEFT = (SessionRecord, Desk, Door)


class EntriesWait(Exception):  # noqa: N818  names the fact
    """What somebody did meanwhile is not on the trail yet: nothing more was deleted."""


def counts(organisation: UUID, *, without: type[models.Model] | None = None) -> dict[str, int]:
    """Return how many rows of each walled model there are, where there are any, by label.

    `without` leaves out the models of one kind.
    """
    counted = [one for one in walled() if without is None or not issubclass(one, without)]
    with wall.reading(organisation):
        found = {model._meta.label_lower: _rows(model, organisation).count() for model in counted}
    return {label: count for label, count in found.items() if count}


def delete(organisation: UUID) -> None:
    """Delete all rows, table by table, and at last the organisation's own. Again does no harm.

    The last step is one transaction that lets nobody add anything: it raises EntriesWait while the
    outbox holds entries. What it has not reached stays as it was.
    """
    for model in (*beside_walls(), *walled()):
        with wall.writing(organisation):
            _delete_from(model, organisation)
    with wall.writing(organisation):
        Organisation.objects.select_for_update().filter(pk=organisation).first()
        for model in (*beside_walls(), *walled()):
            _delete_from(model, organisation)
        if Outbox.objects.exists():
            raise EntriesWait
        Organisation.objects.filter(pk=organisation).delete()


def walled() -> list[type[models.Model]]:
    """Return the walled models of the data store, those that refer before those referred to.

    The outbox is not among them: what it holds belongs on the trail.
    """
    left = [model for model in _models() if _has(model, "organisation_id") and model is not Outbox]
    ordered: list[type[models.Model]] = []
    while left:
        free = [one for one in left if not any(_refers(other, one) for other in left)]
        ordered += free
        left = [one for one in left if one not in free]
    return ordered


def beside_walls() -> list[type[models.Model]]:
    """Return the models outside the walls that name an organisation: jobs, links' doors."""
    return [
        model
        for model in _models()
        if not _has(model, "organisation_id") and _has(model, "organisation") and model not in _LEFT
    ]


def _models() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        if router.allow_migrate_model(STORE, model) and model._meta.managed:
            yield model


def _has(model: type[models.Model], column: str) -> bool:
    return any(field.column == column for field in model._meta.concrete_fields)


def _refers(one: type[models.Model], other: type[models.Model]) -> bool:
    fields = one._meta.concrete_fields
    return one is not other and any(field.related_model is other for field in fields)


def _rows(model: type[models.Model], organisation: UUID) -> models.QuerySet[models.Model]:
    """Return an organisation's rows past the managers that refuse to delete."""
    column = "organisation_id" if _has(model, "organisation_id") else "organisation"
    rows: models.QuerySet[models.Model] = models.QuerySet(model, using=STORE)
    return rows.filter(**{column: organisation})


def _delete_from(model: type[models.Model], organisation: UUID) -> None:
    _rows(model, organisation)._raw_delete(STORE)  # noqa: SLF001  without loading what it deletes
