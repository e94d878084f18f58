"""What an index holds of one row: its tokens, its postings, and that a unique value is alone.

Values that are sealed already are opened for their tokens and do not leave these calls.
"""

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError
from django.views.decorators.debug import sensitive_variables

from keepwell.safeguards.records.errors import AlreadyThere
from keepwell.safeguards.records.fields import SealedField, keyword_fields_of, tokens_of
from keepwell.safeguards.records.index import VERSION_COLUMN, BlindToken, unrepeated
from keepwell.safeguards.records.sealed import Kept, Pending
from keepwell.safeguards.records.sealing import open_ciphertext
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.vault import blind, normalisers
from keepwell.safeguards.vault.errors import KeyGone
from keepwell.safeguards.vault.sealing import SealBroken

if TYPE_CHECKING:
    from keepwell.safeguards.records.models import SealedRecord


def is_indexed(model: type["SealedRecord"]) -> bool:
    """Say whether rows of a model have tokens or postings."""
    return bool(tokens_of(model) or keyword_fields_of(model))


class Changes:
    """What `keep` will change in the indexes of a row, worked out before its values are sealed."""

    def __init__(self, row: "SealedRecord") -> None:
        self._row = row
        self._is_new = row._state.adding
        self._words: dict[SealedField, list[int]] = {}
        model = type(row)
        if not is_indexed(model):
            return
        version = blind.writing_version(row.organisation_id)
        self._before = getattr(row, VERSION_COLUMN)
        everything = self._is_new or self._before != version
        for token in tokens_of(model):
            if everything or _is_changed(row, token.of):
                _fill(row, token, version)
        for field in keyword_fields_of(model):
            if everything or _is_changed(row, (field.name,)):
                self._words[field] = _postings(row, field, version)
        setattr(row, VERSION_COLUMN, version)

    def undo(self) -> None:
        """Say again under which version the row's words are, so that a retry moves all of them."""
        if is_indexed(type(self._row)):
            setattr(self._row, VERSION_COLUMN, self._before)

    def post(self) -> None:
        """Put the words of a row that was just saved in place of its earlier ones."""
        for field, tokens in self._words.items():
            if not self._is_new:
                forget_postings(type(self._row), [self._row.pk], fields=(field,))
            _post(self._row, field, tokens)


def _post(row: "SealedRecord", field: SealedField, tokens: Collection[int]) -> None:
    model = field.postings
    if model is None or not tokens:
        return
    facts: dict[str, Any] = {"organisation_id": row.organisation_id, "row_id": row.pk}
    model.objects.bulk_create([model(token=token, **facts) for token in tokens])


def forget_postings(
    model: type["SealedRecord"], rows: Collection[UUID], fields: Iterable[SealedField] | None = None
) -> None:
    """Delete the words of rows."""
    for field in keyword_fields_of(model) if fields is None else fields:
        if field.postings is not None:
            field.postings.objects.filter(row_id__in=rows).delete()


def _is_changed(row: "SealedRecord", names: Iterable[str]) -> bool:
    """Say whether one of these values was assigned or emptied, as far as they are loaded."""
    loaded = row.__dict__
    held = [loaded[name] for name in names if name in loaded]
    return any(value is None or type(value) is Pending for value in held)


@sensitive_variables()
def _fill(row: "SealedRecord", token: BlindToken, version: int) -> None:
    normalised = token.normalised([_plain(row, name) for name in token.of])
    organisation = row.organisation_id
    setattr(row, token.attname, token.token(organisation, version, normalised))
    if token.once and normalised is not None:
        _check_alone(row, token, token.tokens(organisation, normalised))


def _check_alone(row: "SealedRecord", token: BlindToken, tokens: Collection[int]) -> None:
    """Raise AlreadyThere if another row has the value, under whichever version of the index key.

    While there are two versions the constraint sees only rows of one, so writers of unique values
    wait for each other.
    """
    if len(tokens) > 1:
        Organisation.held(row.organisation_id)
    others = type(row).objects.filter(**{f"{token.attname}__in": tokens}).exclude(pk=row.pk)
    if others.exists():
        raise already_there(token)


def already_there(token: BlindToken) -> AlreadyThere:
    """Return the refusal of a value that another row has."""
    return AlreadyThere(field=token.of[0])


def broken_constraint(row: "SealedRecord", error: IntegrityError) -> BlindToken | None:
    """Return the unique token whose constraint the database held up, if it was one.

    Somebody else kept the same value after we had looked.
    """
    said = str(error)
    for token in tokens_of(type(row)):
        column = f"{row._meta.db_table}.{token.column}"  # SQLite names columns, not constraints
        if token.once and (token.constraint in said or column in said):
            return token
    return None


@sensitive_variables()
def tokens_like(row: "SealedRecord", token: BlindToken) -> list[int]:
    """Return the tokens, under every version, of what a row holds."""
    if blind.versions(row.organisation_id) == [getattr(row, VERSION_COLUMN)]:
        own = getattr(row, token.attname)
        return [] if own is None else [own]
    normalised = token.normalised([_plain(row, name) for name in token.of])
    return token.tokens(row.organisation_id, normalised)


@sensitive_variables()
def words_of(row: "SealedRecord", name: str) -> frozenset[bytes]:
    """Return the words of a row's sealed text as they are compared; they stay in this package.

    None of a row that does not open any more.
    """
    try:
        value = _plain(row, name)
    except (KeyGone, SealBroken):
        value = None
    return frozenset() if value is None else normalisers.words(value)


@sensitive_variables()
def _postings(row: "SealedRecord", field: SealedField, version: int) -> list[int]:
    value = _plain(row, field.name)
    if value is None or field.keywords is None:
        return []
    slot = words_slot(field)
    with unrepeated(field.name):
        words = [field.keywords.drawn(word) for word in set(field.keywords.words(value))]
    return sorted(blind.token(row.organisation_id, slot, word, version) for word in words)


def words_slot(field: SealedField) -> str:
    """Return the slot of a field's words: no word's token is ever the token of a whole value."""
    return f"{field.slot}/words"


@sensitive_variables()
def _plain(row: "SealedRecord", name: str) -> Any:
    value = getattr(row, name)
    if type(value) is Pending:
        return Pending.assigned(value)
    if type(value) is Kept:
        return open_ciphertext(row, value.field, value.ciphertext)
    return None


@sensitive_variables()
def renew(row: "SealedRecord", version: int) -> dict[str, int | None]:
    """Return a kept row's tokens under a version, and put its words under it too."""
    made: dict[str, int | None] = {VERSION_COLUMN: version}
    for token in tokens_of(type(row)):
        normalised = token.normalised([_plain(row, name) for name in token.of])
        made[token.attname] = token.token(row.organisation_id, version, normalised)
    forget_postings(type(row), [row.pk])
    for field in keyword_fields_of(type(row)):
        _post(row, field, _postings(row, field, version))
    return made
