"""Destroy data keys that were made ahead and never used, once a day has passed.

A key is in use when any row of its organisation names it. Which columns name keys is asked of the
models, every time: a product added later is protected without having to remember this file.
"""

from collections.abc import Iterator
from uuid import UUID

from django.apps import apps
from django.db import models

from keepwell.config.stores import store_of
from keepwell.safeguards.audit import logs
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.vault import keys

_ENDING = "key_id"


def sweep() -> int:
    """Sweep every organisation; return how many keys were destroyed."""
    return sum(keys.sweep_unused(each, used_keys(each)) for each in logs.all_logs())


def used_keys(organisation: UUID) -> set[UUID]:
    """Return every key id that any row of this organisation names."""
    used: set[UUID] = set()
    with wall.reading(organisation):
        for model, column in key_columns():
            named = model._default_manager.exclude(**{column: None})
            used.update(named.values_list(column, flat=True))
    return used


def key_columns() -> Iterator[tuple[type[models.Model], str]]:
    """List the columns of the data store that name keys."""
    for model in apps.get_models():
        if store_of(model._meta.app_label) != "default":
            continue  # the keys themselves, and the trail's, which the vault knows as shared
        for field in model._meta.concrete_fields:
            if field.name.endswith(_ENDING) and isinstance(field, models.UUIDField):
                yield model, field.name
