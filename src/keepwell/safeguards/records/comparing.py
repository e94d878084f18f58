"""Comparing what a row holds with what somebody gives: what it holds does not leave this module."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.views.decorators.debug import sensitive_variables

from keepwell.safeguards.records.sealed import Kept
from keepwell.safeguards.records.sealing import open_ciphertext

if TYPE_CHECKING:
    from keepwell.safeguards.records.models import SealedRecord


@sensitive_variables()
def differing(row: "SealedRecord", given: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the sealed fields that hold something else than what is given for them.

    Blanks around text do not count, for no form sends them. This writes nothing to the trail: call
    it only for what somebody gives after looking at the row, or guesses would be answered unseen.
    """
    return tuple(name for name, value in given.items() if _held(row, name) != value)


@sensitive_variables()
def _held(row: "SealedRecord", name: str) -> Any:
    value = getattr(row, name)
    if type(value) is not Kept:
        return None
    plain = open_ciphertext(row, value.field, value.ciphertext)
    return plain.strip() if isinstance(plain, str) else plain
