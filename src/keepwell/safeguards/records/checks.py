"""System checks: what would let ePHI lie in clear, or make seals ambiguous, stops the start."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core import checks
from django.db import models

from keepwell.safeguards.access import registry
from keepwell.safeguards.records.catalogue import sealed_fields, sealed_models
from keepwell.safeguards.records.fields import sealed_fields_of
from keepwell.safeguards.records.models import SealedManager, SealedRecord

# What can hold a sentence about a person. Numbers, moments, identifiers and flags pass.
_TEXTUAL = (
    models.BinaryField,
    models.CharField,
    models.FileField,
    models.GenericIPAddressField,
    models.JSONField,
    models.TextField,
)


def check_records(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Check every model that holds sealed fields, and that no other model does."""
    found = [error for model in sealed_models() for error in _model_errors(model)]
    beside = [error for model in apps.get_models() for error in _beside_sealed(model)]
    return [*found, *beside, *_shared_slots(), *_strays()]


def _model_errors(model: type[SealedRecord]) -> Iterator[checks.CheckMessage]:
    yield from _clear_text(model)
    yield from _over_sealed(model)
    yield from _retention(model)
    names = {field.attname for field in model._meta.concrete_fields}
    if model.opened_by is not None and str(model.opened_by) not in registry.permissions():
        yield _error("E013", f"opened_by = “{model.opened_by}” is granted by no app.", model)
    if model.about and model.about not in names:
        yield _error("E005", f"about = “{model.about}” is not a column.", model)
    for field in model._meta.concrete_fields:
        remote = field.remote_field
        if remote is not None and getattr(remote, "on_delete", None) in _SILENT:
            message = f"“{field.name}” would change sealed rows silently: use PROTECT or RESTRICT."
            yield _error("E006", message, model)
    for manager in (model._default_manager, model._base_manager):
        if not isinstance(manager, SealedManager):
            yield _error("E007", "Its managers must be SealedManagers.", model)
            break


_SILENT = (models.CASCADE, models.SET_NULL, models.SET_DEFAULT, models.DO_NOTHING)


def _beside_sealed(model: type[models.Model]) -> Iterator[checks.CheckMessage]:
    """Find text in clear in a model that is not sealed itself but refers to a sealed record."""
    if issubclass(model, SealedRecord):
        return
    related = [field.related_model for field in model._meta.concrete_fields]
    if any(isinstance(one, type) and issubclass(one, SealedRecord) for one in related):
        yield from _clear_text(model)


def _clear_text(model: type[models.Model]) -> Iterator[checks.CheckMessage]:
    plain: dict[str, str] = getattr(model, "plain", {})
    for field in model._meta.concrete_fields:
        exempt = field.name in plain or bool(field.choices)
        if isinstance(field, _TEXTUAL) and not exempt:
            message = (
                f"“{field.name}” could hold ePHI in clear. Seal it, or say why not in `plain`."
            )
            yield _error("E001", message, model)
    for name, reason in plain.items():
        if name not in {field.name for field in model._meta.concrete_fields} or not reason.strip():
            yield _error("E004", f"plain[“{name}”] names no field or gives no reason.", model)


def _over_sealed(model: type[SealedRecord]) -> Iterator[checks.CheckMessage]:
    """Find constraints, indexes and orders over ciphertext, which would mean nothing."""
    meta = model._meta
    sealed = {field.name for field in sealed_fields_of(model)}
    uses: list[tuple[str, Sequence[Any]]] = [
        *((one.name, getattr(one, "fields", ())) for one in (*meta.constraints, *meta.indexes)),
        *(("unique_together", names) for names in meta.unique_together),
        ("ordering", meta.ordering or ()),
    ]
    for use, names in uses:
        for name in names:
            if isinstance(name, str) and name.lstrip("-") in sealed:
                yield _error("E011", f"{use} is over “{name}”, which is sealed.", model)


def _retention(model: type[SealedRecord]) -> Iterator[checks.CheckMessage]:
    if model.retention is None:
        return
    columns = {field.name: field for field in model._meta.concrete_fields}
    if not isinstance(columns.get(model.retention.after), models.DateField):
        message = f"retention counts from “{model.retention.after}”, which is no day or moment."
        yield _error("E012", message, model)
    if model.retention.days < 1:
        yield _error("E012", "retention is at least one day.", model)


def _shared_slots() -> Iterator[checks.CheckMessage]:
    uses = Counter(fact.slot for fact in sealed_fields() if fact.slot)
    for fact in sealed_fields():
        if uses[fact.slot] > 1:
            message = f"The slot “{fact.slot}” of {fact.model}.{fact.field} is used twice."
            yield _error("E003", message, fact.model)


def _strays() -> Iterator[checks.CheckMessage]:
    for model in apps.get_models():
        if sealed_fields_of(model) and not issubclass(model, SealedRecord):
            yield _error("E008", "It has sealed fields but is not a SealedRecord.", model)


def _error(code: str, message: str, model: Any) -> checks.Error:
    return checks.Error(message, obj=model, id=f"records.{code}")
