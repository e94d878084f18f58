"""From assigned values to ciphertext and back, for one row: the only callers of the vault here."""

from typing import TYPE_CHECKING, Any

from django.views.decorators.debug import sensitive_variables

from keepwell.safeguards.records.fields import SealedField
from keepwell.safeguards.records.sealed import Kept, Pending
from keepwell.safeguards.vault import sealing
from keepwell.safeguards.vault.binding import Binding

if TYPE_CHECKING:
    from keepwell.safeguards.records.models import SealedRecord


def seal_pending(row: "SealedRecord") -> dict[SealedField, Pending[Any]]:
    """Seal what was assigned to a row; return what was pending."""
    pending = {
        field: value for field, value in row.sealed_values().items() if type(value) is Pending
    }
    for field, value in pending.items():
        row.__dict__[field.attname] = Kept(field, _sealed(row, field, value))
    return pending


def restore_pending(row: "SealedRecord", pending: dict[SealedField, Pending[Any]]) -> None:
    """Put assigned values back after a failed write, so that the caller may try again."""
    for field, value in pending.items():
        row.__dict__[field.attname] = value


@sensitive_variables()
def open_ciphertext(row: "SealedRecord", field: SealedField, ciphertext: bytes) -> Any:
    """Return the value of ciphertext, if it was sealed for this row. Callers record; this does not.

    Raises SealBroken, KeyGone, KeystoreUnavailable.
    """
    return field.decode(sealing.open_sealed(row.key_id, _binding(row, field), ciphertext))


@sensitive_variables()
def _sealed(row: "SealedRecord", field: SealedField, value: Pending[Any]) -> bytes:
    plain = field.encode(Pending.assigned(value))
    return sealing.seal(row.key_id, _binding(row, field), plain)


def _binding(row: "SealedRecord", field: SealedField) -> Binding:
    return Binding(field.slot, row.organisation_id, row.pk)
