"""What a job may be given: ids, whole numbers and codes, so that no value of a patient can be kept.

The parameters of a job's function are the declaration: `UUID`, `int`, a `StrEnum` of ours, each
perhaps `| None`. Anything else is refused when the job is declared, put and read. Pure.
"""

import inspect
import types
import typing
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any
from uuid import UUID

from keepwell.jobs.errors import ArgumentRefused

Argument = UUID | int | StrEnum | None
Kept = str | int | None
LARGEST = 2**63 - 1


def parameters_of(function: Callable[..., Any]) -> dict[str, tuple[type, bool]]:
    """Return the type of each parameter but the first, and whether None is one of its values.

    Raises ArgumentRefused for a type that could carry a value of a patient.
    """
    names = list(inspect.signature(function).parameters)[1:]
    hints = typing.get_type_hints(function)
    return {name: _parameter(hints.get(name)) for name in names}


def _parameter(hint: Any) -> tuple[type, bool]:
    options = set(typing.get_args(hint)) if isinstance(hint, types.UnionType) else {hint}
    may_be_none = type(None) in options
    options.discard(type(None))
    if len(options) != 1 or not _is_harmless(kind := options.pop()):
        raise ArgumentRefused
    return kind, may_be_none


def _is_harmless(kind: Any) -> bool:
    if not isinstance(kind, type) or kind in (bool, StrEnum):
        return False
    return kind in (UUID, int) or issubclass(kind, StrEnum)


def keep(
    parameters: Mapping[str, tuple[type, bool]], given: Mapping[str, Argument]
) -> dict[str, Kept]:
    """Return what is written to the table; raise ArgumentRefused unless it is what was declared."""
    if set(given) != set(parameters):
        raise ArgumentRefused
    return {name: _kept(given[name], *parameters[name]) for name in parameters}


def _kept(value: Any, kind: Any, may_be_none: bool) -> Kept:  # noqa: FBT001  read beside it
    if value is None and may_be_none:
        return None
    if type(value) is not kind:
        raise ArgumentRefused
    if not isinstance(value, int):
        return str(value)
    if abs(value) > LARGEST:
        raise ArgumentRefused
    return value


def read(
    parameters: Mapping[str, tuple[type, bool]], kept: Mapping[str, Kept]
) -> dict[str, Argument]:
    """Return the arguments as the function takes them; a later version may declare others."""
    if set(kept) != set(parameters):
        raise ArgumentRefused
    try:
        return {
            name: None if (value := kept[name]) is None else _read(value, kind)
            for name, (kind, _) in parameters.items()
        }
    except ValueError as error:
        raise ArgumentRefused from error


def _read(value: str | int, kind: Any) -> Argument:
    found: Argument = kind(value)
    return found


def words_of(key: tuple[Argument, ...]) -> str:
    """Write a key that names work which must not be put twice; its parts are as harmless."""
    for part in key:
        if type(part) is bool or not isinstance(part, UUID | int | StrEnum):
            raise ArgumentRefused
    return "/".join(map(str, key)) or "-"
