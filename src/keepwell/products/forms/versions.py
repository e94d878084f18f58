"""Compiled forms of stored definitions, remembered: a published version never changes."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from keepwell.products.forms import definition
from keepwell.products.forms.compiled import CompiledForm, PersonMarks, compile_form
from keepwell.products.forms.models import Form, FormVersion


@lru_cache(maxsize=64)
def _compiled(text: str) -> CompiledForm:
    return compile_form(definition.parse(text.encode()))


def compiled_version(version: FormVersion) -> CompiledForm:
    """Return the compiled form of a published version."""
    return _compiled(version.definition)


def compiled_working(form: Form) -> CompiledForm:
    """Return the compiled form of the copy the author is working on."""
    return _compiled(form.working)


def marks_of(version: FormVersion) -> PersonMarks:
    """Return which questions of a version hold whom the answers are about."""
    return marks_from(version.marks)


def marks_from(stored: Mapping[str, Sequence[str]]) -> PersonMarks:
    """Read marks as a version keeps them."""
    first = {mark: next(iter(stored.get(mark, ())), "") for mark in ("born", "email", "telephone")}
    return PersonMarks(name=tuple(stored.get("name", ())), **first)


def marks_stored(marks: PersonMarks) -> dict[str, list[str]]:
    """Return marks as a version keeps them: lists of link ids."""
    return {
        "name": list(marks.name),
        "born": [marks.born] if marks.born else [],
        "email": [marks.email] if marks.email else [],
        "telephone": [marks.telephone] if marks.telephone else [],
    }


def default_columns(marks: PersonMarks) -> list[str]:
    """Return what the inbox shows unless the author chooses: name and birth date."""
    return [*marks.name, *([marks.born] if marks.born else [])]
