"""System checks: whatever refers to a person says that it is about that person."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks

from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records.catalogue import sealed_models


def check_persons(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Find sealed records whose openings would be missing from the person's page."""
    return [
        checks.Error(f"“{field.name}” refers to a person: set about.", obj=model, id="persons.E001")
        for model in sealed_models()
        for field in model._meta.concrete_fields
        if field.related_model is Person and not model.about
    ]
