"""From assigned values to ciphertext and back, for one row: the only callers of the vault here."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from django.views.decorators.debug import sensitive_variables

from keepwell.safeguards.records.fields import SealedField
from keepwell.safeguards.records.sealed import Kept, Pending
from keepwell.safeguards.vault import sealing

if TYPE_CHECKING:
    from keepwell.safeguards.records.models import SealedRecord

Value = tuple[SealedField, bytes]  # a field and its ciphertext
BROKEN: Final = object()


@sensitive_variables()
def seal_pending(row: "SealedRecord") -> dict[SealedField, Pending[Any]]:
    """Seal what was assigned to a row; return what was pending."""
    pending = {
        field: value for field, value in row.sealed_values().items() if type(value) is Pending
    }
    plain = [
        (field.slot, field.encode(Pending.assigned(value))) for field, value in pending.items()
    ]
    sealed = sealing.seal_row(row.key_id, row.organisation_id, row.pk, plain)
    for field, ciphertext in zip(pending, sealed, strict=True):
        row.__dict__[field.attname] = Kept(field, ciphertext)
    return pending


def restore_pending(row: "SealedRecord", pending: dict[SealedField, Pending[Any]]) -> None:
    """Put assigned values back after a failed write, so that the caller may try again."""
    for field, value in pending.items():
        row.__dict__[field.attname] = value


@sensitive_variables()
def open_values(row: "SealedRecord", values: Sequence[Value]) -> list[Any]:
    """Return the values of ciphertexts sealed for this row; BROKEN in the place of a broken seal.

    Callers record; this does not. Raises KeyGone and KeystoreUnavailable.
    """
    sealed = [(field.slot, ciphertext) for field, ciphertext in values]
    plain = sealing.open_row(row.key_id, row.organisation_id, row.pk, sealed)
    opened: list[Any] = []
    for (field, _), one in zip(values, plain, strict=True):
        try:
            opened.append(BROKEN if one is None else field.decode(one))
        except sealing.SealBroken:  # it opened, and is no value of this type
            opened.append(BROKEN)
    return opened


@sensitive_variables()
def open_ciphertext(row: "SealedRecord", field: SealedField, ciphertext: bytes) -> Any:
    """Return one value; raise SealBroken, KeyGone, KeystoreUnavailable."""
    (value,) = open_values(row, [(field, ciphertext)])
    if value is BROKEN:
        raise sealing.SealBroken
    return value
