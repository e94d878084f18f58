"""Equality over sealed values, through their blind index."""

from typing import Any

from django.db import models
from django.views.decorators.debug import sensitive_variables

from keepwell.safeguards.records.errors import SealedLookup
from keepwell.safeguards.records.index import BlindToken
from keepwell.safeguards.tenancy.wall import walled_organisation


@sensitive_variables("values")
def equal(
    rows: type[models.Model] | models.QuerySet[Any], name: str, *values: Any
) -> models.QuerySet[Any]:
    """Return the rows whose sealed field has this value, as its normaliser sees it.

    `name` is a sealed field with an index, or a token over several fields, whose values are then
    given in its order: `equal(Person, "match_token", name, born)`. Absent values match nothing.
    """
    found = rows if isinstance(rows, models.QuerySet) else rows._default_manager.all()
    field = _token_field(found.model, name)
    token = field.token(walled_organisation(), values)
    return found.none() if token is None else found.filter(**{field.attname: token})


def _token_field(model: type[models.Model], name: str) -> BlindToken:
    names = {field.name: field for field in model._meta.concrete_fields}
    field = names.get(f"{name}_token") or names.get(name)
    if not isinstance(field, BlindToken):
        raise SealedLookup(f"“{name}” of {model._meta.label} has no blind index.")
    return field
