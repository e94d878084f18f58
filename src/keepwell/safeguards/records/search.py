"""Finding rows by sealed values, through blind indexes: equal values, words, how words begin.

While an index key is being renewed, rows are found under every version of it.
"""

from collections.abc import Collection, Iterable
from functools import reduce
from operator import and_
from typing import Any, TypeVar, cast

from django.db import models
from django.db.models import Q
from django.views.decorators.debug import sensitive_variables

from keepwell.safeguards.records.errors import SealedLookup
from keepwell.safeguards.records.fields import SealedField
from keepwell.safeguards.records.index import BlindToken, unrepeated
from keepwell.safeguards.records.indexing import tokens_like, words_of, words_slot
from keepwell.safeguards.records.keywords import Beginnings, Keywords
from keepwell.safeguards.records.models import SealedRecord
from keepwell.safeguards.tenancy.wall import walled_organisation
from keepwell.safeguards.vault import blind, normalisers

_Row = TypeVar("_Row", bound=SealedRecord)

Rows = type[models.Model] | models.QuerySet[Any]


@sensitive_variables("values")
def equal(rows: Rows, name: str, *values: Any) -> models.QuerySet[Any]:
    """Return the rows whose sealed field has this value, as its normaliser sees it.

    `name` is a sealed field with an index, or a token over several fields, whose values are then
    given in its order: `equal(Person, "match_token", name, born)`. Absent values match nothing.
    """
    found = _query(rows)
    field = _token_field(found.model, name)
    return _with(found, field, field.tokens(walled_organisation(), field.normalised(values)))


@sensitive_variables("values")
def any_of(rows: Rows, name: str, values: Iterable[Any]) -> models.QuerySet[Any]:
    """Return the rows whose sealed field has one of these values."""
    found = _query(rows)
    field = _token_field(found.model, name)
    organisation = walled_organisation()
    every = [field.tokens(organisation, field.normalised([value])) for value in values]
    return _with(found, field, [token for tokens in every for token in tokens])


def like(row: SealedRecord, name: str) -> models.QuerySet[Any]:
    """Return the other rows whose index equals this row's; its values do not leave this call."""
    field = _token_field(type(row), name)
    return _with(_query(type(row)).exclude(pk=row.pk), field, tokens_like(row, field))


@sensitive_variables("text")
def words(rows: Rows, name: str, text: str) -> models.QuerySet[Any]:
    """Return the rows whose sealed text has every word of `text`, the first ten of them.

    Case, accents and hyphens do not count: "anne marie", "Anne-Marie" and "ANNEMARIE" all find
    "Anne-Márie". A text without words matches nothing.
    """
    found = _query(rows)
    field = _keyword_field(found.model, name, Keywords)
    with unrepeated(name):
        terms = normalisers.terms(text)[: normalisers.MOST_TERMS]
    for term in terms:
        found = found.filter(_has_term(field, term))
    return found if terms else found.none()


@sensitive_variables("text")
def begun(rows: Rows, name: str, text: str) -> models.QuerySet[Any]:
    """Return the rows that may have words which begin like those of `text`: `beginning` compares.

    Four letters of a word are known (two where a sign is a syllable), or a shorter word as a whole.
    What is shorter in `text` is left to the comparison, unless nothing in it is longer. A text
    without words matches nothing.
    """
    found = _query(rows)
    field = _keyword_field(found.model, name, Beginnings)
    with unrepeated(name):
        sought = normalisers.sought(text)
    for beginnings in sought:
        found = found.filter(_has(field, beginnings))
    return found if sought else found.none()


@sensitive_variables("text")
def beginning(rows: Iterable[_Row], name: str, text: str) -> list[_Row]:
    """Return those of these rows whose sealed text has words that begin like the words of `text`.

    "zo mül" finds "Zoë O'Brien-Müller". For few rows that an index has found: each is opened to be
    compared, and its value does not leave this call. A text without words keeps all rows.
    """
    with unrepeated(name):
        terms = normalisers.terms(text)[: normalisers.MOST_TERMS]
    return [row for row in rows if _begins(words_of(row, name), terms)]


def _begins(found: Collection[bytes], terms: Iterable[normalisers.Term]) -> bool:
    def has(part: bytes) -> bool:
        return any(word.startswith(part) for word in found)

    return all(has(term.whole) or all(map(has, term.parts)) for term in terms)


def _has_term(field: SealedField, term: normalisers.Term) -> Q:
    whole = _has(field, [term.whole])
    if len(term.parts) == 1:
        return whole
    return whole | reduce(and_, (_has(field, [part]) for part in term.parts))


def _has(field: SealedField, words: Iterable[bytes]) -> Q:
    """Return the condition that a row has one of these words."""
    organisation, slot = walled_organisation(), words_slot(field)
    keywords, postings = cast("Keywords", field.keywords), cast("Any", field.postings)
    every = [placed for word in words for placed in keywords.every(word)]
    tokens = blind.tokens(organisation, slot, *every)
    return Q(pk__in=postings.objects.filter(token__in=tokens).values("row_id"))


def _query(rows: Rows) -> models.QuerySet[Any]:
    return rows if isinstance(rows, models.QuerySet) else rows._default_manager.all()


def _with(
    found: models.QuerySet[Any], field: BlindToken, tokens: list[int]
) -> models.QuerySet[Any]:
    return found.filter(**{f"{field.attname}__in": tokens}) if tokens else found.none()


def _token_field(model: type[models.Model], name: str) -> BlindToken:
    names = {field.name: field for field in model._meta.concrete_fields}
    field = names.get(f"{name}_token") or names.get(name)
    if not isinstance(field, BlindToken):
        raise SealedLookup(f"“{name}” of {model._meta.label} has no blind index.")
    return field


def _keyword_field(model: type[models.Model], name: str, kind: type[Keywords]) -> SealedField:
    names = {field.name: field for field in model._meta.concrete_fields}
    field = names.get(name)
    if not isinstance(field, SealedField) or type(field.keywords) is not kind:
        raise SealedLookup(f"“{name}” of {model._meta.label} has no {kind.__name__.lower()}.")
    return field
