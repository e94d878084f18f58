"""Blind indexes: equality over sealed values by a keyed token in a companion column.

A token is an HMAC under the organisation's index key, cut to 64 bits. Equal values have equal
tokens, so never index what has few values (sex, a birth year) but together with a name.

Index keys have versions. A row's `index_version` says under which one its tokens were made; a row
under an older one is found all the same, until `records.reindexing` has renewed it.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models

from keepwell.safeguards.records.errors import WrongKindOfValue
from keepwell.safeguards.vault import blind

if TYPE_CHECKING:
    _BigInteger = models.BigIntegerField[int | None, int | None]
    _Integer = models.IntegerField[int | None, int | None]
else:  # Django's fields are generic in the stubs only
    _BigInteger = models.BigIntegerField
    _Integer = models.IntegerField

Normaliser = Callable[[Any], bytes]
VERSION_COLUMN = "index_version"
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class BlindIndex:
    """Say on a sealed field that it can be found by equality; adds the column `<field>_token`.

    `unique` refuses a second row of the organisation with an equal value: `keep` raises
    AlreadyThere.
    """

    normaliser: Normaliser
    unique: bool = False

    def token_of(self, slot: str, name: str) -> "BlindToken":
        """Return the companion column of the field with this slot and name."""
        return BlindToken(slot=slot, of=(name,), normalisers=(self.normaliser,), once=self.unique)


class BlindToken(_BigInteger):
    """The companion column: the token of one sealed field, or of several together."""

    def __init__(
        self,
        *,
        slot: str,
        of: Sequence[str],
        normalisers: Sequence[Normaliser],
        once: bool = False,
    ) -> None:
        super().__init__(null=True, db_index=True, editable=False)
        self.slot = slot
        self.of = tuple(of)
        self.normalisers = tuple(normalisers)
        self.once = once

    def deconstruct(self) -> Any:
        """Freeze as the plain integer column it is: migrations know no normalisers."""
        options = {"null": True, "db_index": True, "editable": False}
        return self.name, "django.db.models.BigIntegerField", [], options

    def clone(self) -> "BlindToken":
        """Return an unbound copy (Django's would be made from `deconstruct`)."""
        return BlindToken(slot=self.slot, of=self.of, normalisers=self.normalisers, once=self.once)

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:  # noqa: FBT001, FBT002  Django's signature
        """Join the model, bringing the version's column and the constraint along."""
        super().contribute_to_class(cls, name, private_only)
        if cls._meta.abstract:
            return
        add_version_column(cls)
        if self.once:
            constraint = models.UniqueConstraint(
                fields=("organisation", name), name=_constraint_name(cls, name)
            )
            cls._meta.constraints = [*cls._meta.constraints, constraint]
            # Where migrations look whether a model has any.
            cls._meta.original_attrs["constraints"] = cls._meta.constraints

    @property
    def constraint(self) -> str:
        """Return the name of the constraint that keeps a unique token unique."""
        return _constraint_name(self.model, self.name)

    def normalised(self, values: Sequence[Any]) -> bytes | None:
        """Return what is equal when the values are; None if one is absent or nothing but signs."""
        if any(value is None for value in values):
            return None
        pairs = zip(self.normalisers, values, strict=True)
        with unrepeated(self.name):
            parts = [normalise(value) for normalise, value in pairs]
        return _joined(parts) if all(parts) else None

    def token(self, organisation: UUID, version: int, normalised: bytes | None) -> int | None:
        """Return the token under one version of the index key."""
        if normalised is None:
            return None
        return blind.token(organisation, self.slot, normalised, version)

    def tokens(self, organisation: UUID, normalised: bytes | None) -> list[int]:
        """Return the tokens under every version by which rows may be found just now."""
        return [] if normalised is None else blind.tokens(organisation, self.slot, normalised)


@contextmanager
def unrepeated(name: str) -> Iterator[None]:
    """Say that a value cannot be indexed, in place of an error that carries it (bad Unicode)."""
    try:
        yield
    except ValueError:
        raise WrongKindOfValue(f"A value of “{name}” cannot be indexed.") from None


def add_version_column(model: Any) -> None:
    """Give a model with tokens or keywords the column that says under which version they are."""
    if VERSION_COLUMN not in {field.name for field in model._meta.local_fields}:
        model.add_to_class(VERSION_COLUMN, IndexVersion())


class IndexVersion(_Integer):
    """The version of the index key under which all of a row's tokens and keywords were made."""

    def __init__(self) -> None:
        super().__init__(null=True, editable=False)

    def deconstruct(self) -> Any:
        """Freeze as the plain integer column it is."""
        return self.name, "django.db.models.IntegerField", [], {"null": True, "editable": False}

    def clone(self) -> "IndexVersion":
        """Return an unbound copy."""
        return IndexVersion()


def _constraint_name(model: Any, name: str) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}_{name}_once"[-_LONGEST_NAME:]


def _joined(parts: Sequence[bytes]) -> bytes:
    """One part as it is; several each with their length, so that ("ab", "c") is not ("a", "bc")."""
    if len(parts) == 1:
        return parts[0]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
