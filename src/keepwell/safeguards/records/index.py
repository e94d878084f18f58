"""Blind indexes: equality over sealed values by a keyed token in a companion column.

A token is an HMAC under the organisation's index key, cut to 64 bits. Equal values have equal
tokens, so never index what has few values (sex, a birth year) but together with a name.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import models

from keepwell.safeguards.vault import blind

if TYPE_CHECKING:
    _BigInteger = models.BigIntegerField[int | None, int | None]
else:  # Django's fields are generic in the stubs only
    _BigInteger = models.BigIntegerField

Normaliser = Callable[[Any], bytes]


@dataclass(frozen=True, slots=True)
class BlindIndex:
    """Say on a sealed field that it can be found by equality; adds the column `<field>_token`."""

    normaliser: Normaliser


class BlindToken(_BigInteger):
    """The companion column: the token of one sealed field, or of several together."""

    def __init__(self, *, slot: str, of: Sequence[str], normalisers: Sequence[Normaliser]) -> None:
        super().__init__(null=True, db_index=True, editable=False)
        self.slot = slot
        self.of = tuple(of)
        self.normalisers = tuple(normalisers)

    def deconstruct(self) -> Any:
        """Freeze as the plain integer column it is: migrations know no normalisers."""
        options = {"null": True, "db_index": True, "editable": False}
        return self.name, "django.db.models.BigIntegerField", [], options

    def clone(self) -> "BlindToken":
        """Return an unbound copy (Django's would be made from `deconstruct`)."""
        return BlindToken(slot=self.slot, of=self.of, normalisers=self.normalisers)

    def token(self, organisation: UUID, values: Sequence[Any]) -> int | None:
        """Return the token of these values, or None if one is absent or nothing but signs."""
        if any(value is None for value in values):
            return None
        pairs = zip(self.normalisers, values, strict=True)
        parts = [normalise(value) for normalise, value in pairs]
        return blind.token(organisation, self.slot, _joined(parts)) if all(parts) else None


def _joined(parts: Sequence[bytes]) -> bytes:
    """One part as it is; several each with their length, so that ("ab", "c") is not ("a", "bc")."""
    if len(parts) == 1:
        return parts[0]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
