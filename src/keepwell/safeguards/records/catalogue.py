"""Everything Keepwell seals: for the page "what we hold", for checks, for erasing a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.apps import apps

from keepwell.safeguards.records.fields import sealed_fields_of
from keepwell.safeguards.records.models import SealedRecord

if TYPE_CHECKING:
    from django.db.models import Model


@dataclass(frozen=True, slots=True)
class SealedFact:
    """One sealed field of one model."""

    model: str  # as the trail names it, "persons.person"
    field: str
    slot: str
    category: str
    label: str
    opened_by: str  # the permission that opens it; empty: no member does


def sealed_models() -> Sequence[type[SealedRecord]]:
    """Return the models with sealed fields, in the order of their names on the trail."""
    found = [model for model in apps.get_models() if issubclass(model, SealedRecord)]
    return sorted(found, key=lambda model: model._meta.label_lower)


def sealed_fields() -> Sequence[SealedFact]:
    """Return every sealed field of every model."""
    return [
        SealedFact(
            model=model._meta.label_lower,
            field=field.name,
            slot=field.slot,
            category=field.category,
            label=str(field.verbose_name),
            opened_by=str(model.opened_by or ""),
        )
        for model in sealed_models()
        for field in sealed_fields_of(model)
    ]


def categories_in(label: str) -> Mapping[str, str]:
    """Return the category of each sealed field of one model, by the field's name.

    Nothing for a model that has none, or whose app is no longer installed.
    """
    try:
        model: type[Model] = apps.get_model(label)
    except (LookupError, ValueError):
        return {}
    if not issubclass(model, SealedRecord):
        return {}
    return {field.name: field.category for field in sealed_fields_of(model)}
