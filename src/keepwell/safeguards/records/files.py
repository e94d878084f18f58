"""Sealed files of rows: a model that sets `file_slot` may have one for each row.

The bytes are a sealed blob under the row's own key, bound to slot, organisation and row; erasing
the row shreds the key and removes the file. Reading goes through a disclosure scope, as fields do.
"""

from collections.abc import Iterable, Iterator

from keepwell.safeguards.records.disclosure import Scope
from keepwell.safeguards.records.errors import NotKeptYet, SealedElsewhere
from keepwell.safeguards.records.models import SealedRecord
from keepwell.safeguards.vault import blobs
from keepwell.safeguards.vault.binding import Binding


def keep_file(row: SealedRecord, chunks: Iterable[bytes]) -> int:
    """Seal a stream as the file of a row that was kept; return its length in bytes.

    Call it inside the same `wall.writing` as `keep`, after it: a file without a row is swept
    after a day (config.file_sweep), a row without its file would promise what is not there.
    """
    if row._state.adding:
        raise NotKeptYet("Keep the row first; its file is sealed under its key.")
    return blobs.write(row.key_id, _binding(row), chunks)


def read_file(
    scope: Scope, row: SealedRecord, *, start: int = 0, stop: int | None = None
) -> Iterator[bytes]:
    """Open a row's file, from byte start to before stop, piece by piece inside a scope.

    It is noted as the row's "file", a range of it too. What is wrong with key or length is raised
    before the first piece, a changed chunk when it is reached.
    Raises BlobGone, SealBroken, KeyGone and KeystoreUnavailable.
    """
    scope.note_file(row)
    return blobs.read(row.key_id, _binding(row), start=start, stop=stop)


def size_of_file(row: SealedRecord) -> int:
    """Return the length of a row's file in bytes, proven by its last chunk; no disclosure."""
    return blobs.size(row.key_id, _binding(row))


def _binding(row: SealedRecord) -> Binding:
    if not row.file_slot:
        raise SealedElsewhere(f"{row._meta.label} has no sealed file.")
    return Binding(row.file_slot, row.organisation_id, row.pk)
