"""Arguments: ids, whole numbers and declared codes; a value of a patient cannot be kept."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest

from keepwell.jobs import arguments
from keepwell.jobs.errors import ArgumentRefused
from keepwell.toolkit.identifiers import uuid7


class Colour(StrEnum):
    """What may be chosen."""

    BLUE = "blue"
    GREEN = "green"


def paint(work: object, wall: UUID, coats: int, colour: Colour, helper: UUID | None) -> None:
    """Declare what is declared."""


def takes_text(work: object, name: str) -> None: ...
def takes_a_day(work: object, born: date) -> None: ...
def takes_a_choice(work: object, one: UUID | int) -> None: ...
def takes_any_code(work: object, code: StrEnum) -> None: ...
def takes_yes_or_no(work: object, is_so: bool) -> None: ...
def takes_anything(work: object, one) -> None: ...  # type: ignore[no-untyped-def]  # noqa: ANN001


PARAMETERS = arguments.parameters_of(paint)
GIVEN: dict[str, Any] = {"wall": UUID(int=7), "coats": 2, "colour": Colour.BLUE, "helper": None}


def test_what_is_kept_reads_back_as_it_was_given() -> None:
    kept = arguments.keep(PARAMETERS, GIVEN)
    assert kept == {"wall": str(GIVEN["wall"]), "coats": 2, "colour": "blue", "helper": None}
    assert arguments.read(PARAMETERS, kept) == GIVEN


@pytest.mark.parametrize(
    "function",
    [takes_text, takes_a_day, takes_a_choice, takes_any_code, takes_yes_or_no, takes_anything],
)
def test_a_function_that_could_be_given_a_value_is_no_job(function: Callable[..., None]) -> None:
    with pytest.raises(ArgumentRefused):
        arguments.parameters_of(function)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("wall", "Pat Doe"),
        ("wall", None),
        ("wall", str(GIVEN["wall"])),
        ("coats", True),
        ("coats", "2"),
        ("coats", 2**63),
        ("colour", "blue"),
        ("colour", "a headache"),
        ("helper", "Pat Doe"),
    ],
)
def test_anything_but_what_was_declared_is_refused(name: str, value: Any) -> None:
    with pytest.raises(ArgumentRefused) as refused:
        arguments.keep(PARAMETERS, {**GIVEN, name: value})
    assert str(value) not in str(refused.value)


@pytest.mark.parametrize("given", [{}, {**GIVEN, "note": 1}])
def test_no_argument_is_left_out_or_added(given: dict[str, Any]) -> None:
    with pytest.raises(ArgumentRefused):
        arguments.keep(PARAMETERS, given)


def test_a_code_that_a_later_version_dropped_is_refused_when_it_is_read() -> None:
    kept = arguments.keep(PARAMETERS, GIVEN) | {"colour": "mauve"}
    with pytest.raises(ArgumentRefused):
        arguments.read(PARAMETERS, kept)


def test_a_key_is_made_of_harmless_parts() -> None:
    person = uuid7()
    assert arguments.words_of((person, 3, Colour.GREEN)) == f"{person}/3/green"
    assert arguments.words_of(()) == "-"
    for part in ("Pat Doe", None, True, date(1990, 1, 1)):
        with pytest.raises(ArgumentRefused):
            arguments.words_of((part,))  # type: ignore[arg-type]
