"""The three acts that change sealed records: keep a row, mark unsealed columns, erase rows.

Each runs inside the caller's `wall.writing` and leaves its trail entry in the same transaction.
"""

import logging
from collections.abc import Iterable, Sequence
from copy import copy
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, models, transaction

from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.audit.sealing import MOST_ROWS
from keepwell.safeguards.records import indexing, sealing
from keepwell.safeguards.records.errors import OnlyKeepWrites, SealedElsewhere
from keepwell.safeguards.records.fields import SealedField
from keepwell.safeguards.records.index import BlindToken, IndexVersion
from keepwell.safeguards.records.models import SealedRecord
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.tenancy.wall import WallCrossed, walled_organisation
from keepwell.safeguards.vault import blobs, keys, owed
from keepwell.toolkit.errors import KeepwellError

if TYPE_CHECKING:
    from keepwell.safeguards.records.sealed import Pending

_log = logging.getLogger(__name__)
_OWN_COLUMNS = ("id", "organisation_id", "key_id", "entry_id")


def keep(
    viewer: Viewer,
    row: SealedRecord,
    kind: str,
    *,
    reason: str = "",
    subjects: Sequence[Subject] = (),
    persons: Sequence[UUID] = (),
) -> UUID:
    """Seal what was assigned to a row, write its trail entry, save it; return the entry's id.

    `subjects` adds other rows to the entry, `persons` adds to the person that `row.about` names.
    Raises SealedElsewhere for a copied or moved row, AlreadyThere for a value that must be alone,
    and KeystoreUnavailable.
    """
    _prepare(viewer, row)
    changes = indexing.Changes(row)
    pending: dict[SealedField, Pending[Any]] = {}
    try:
        pending = sealing.seal_pending(row)
        fields = (*(field.name for field in pending), *row.emptied())
        about = (*row.persons(), *persons)
        subject = Subject(row._meta.label_lower, (row.pk,), fields, about)
        row.entry_id = record(viewer, kind, subjects=(subject, *subjects), reason=reason)
        _save(row)
        changes.post()
    except BaseException:
        sealing.restore_pending(row, pending)
        changes.undo()
        raise
    row.remember_identity()
    return row.entry_id


def _prepare(viewer: Viewer, row: SealedRecord) -> None:
    if row.organisation_id is None:
        row.organisation_id = viewer.organisation
    if not viewer.organisation == row.organisation_id == walled_organisation():
        raise WallCrossed("A row is kept by its own organisation, inside its wall.")
    row.check_identity()
    if row._state.adding and not row.shares_key:
        row.key_id = keys.new_data_key(row.organisation_id)


def _save(row: SealedRecord) -> None:
    adding = row._state.adding
    row.is_being_kept = True
    try:
        models.Model.save(row, force_insert=adding, force_update=not adding)
    except IntegrityError as error:
        token = indexing.broken_constraint(row, error)
        if token is None:
            raise
        raise indexing.already_there(token) from None  # the database's words carry the token
    finally:
        del row.is_being_kept


def mark(
    viewer: Viewer, rows: models.QuerySet[Any], kind: str, *, reason: str = "", **columns: Any
) -> tuple[UUID, ...]:
    """Set unsealed columns of the rows a query finds now; one trail entry; return the ids changed.

    The query is the condition: `mark(viewer, Visit.objects.filter(pk=pk, status="new"), kind,
    status="seen")` changes nothing, and records nothing, when somebody was faster.
    """
    for name in columns:
        _check_plain(rows.model, name)
    found = list(rows.select_for_update(of=("self",)).order_by("pk"))
    if not found:
        return ()
    ids = tuple(row.pk for row in found)
    entry = record(viewer, kind, subjects=_subjects(found, tuple(columns)), reason=reason)
    found_rows = rows.model.objects.filter(pk__in=ids)
    models.QuerySet.update(found_rows, **columns, entry_id=entry)
    return ids


def _check_plain(model: type[models.Model], name: str) -> None:
    field = model._meta.get_field(name)
    own = getattr(field, "attname", "id") in _OWN_COLUMNS  # what is no column is refused too
    if own or isinstance(field, SealedField | BlindToken | IndexVersion):
        raise OnlyKeepWrites


def _subjects(rows: Iterable[SealedRecord], fields: tuple[str, ...] = ()) -> tuple[Subject, ...]:
    """Name rows by model, and the persons they are about."""
    ordered = sorted(rows, key=lambda row: row._meta.label_lower)
    subjects = []
    for label, group in groupby(ordered, key=lambda row: row._meta.label_lower):
        members = list(group)
        persons = sorted({person for row in members for person in row.persons()})
        subjects.append(Subject(label, tuple(row.pk for row in members), fields, tuple(persons)))
    return tuple(subjects)


def erase(viewer: Viewer, rows: Iterable[SealedRecord], kind: str, *, reason: str) -> UUID | None:
    """Delete rows and their files, shred their keys; return the id of the last entry, if any.

    Rows are deleted in the order given, so name dependent ones first; each thousand has an entry of
    its own. The keys go once the transaction is durable, in one keystore transaction: shredding
    first would destroy the data of an act that is then rolled back. A shred that fails stays owed,
    and is made up for within a minute (`vault.owed`). Keys that rows share (a month, a
    conversation) stay.
    """
    erased = list(rows)
    if not erased:
        return None
    organisation = walled_organisation()
    if any(row.organisation_id != organisation for row in erased):
        raise SealedElsewhere
    for start in range(0, len(erased), MOST_ROWS):
        portion = erased[start : start + MOST_ROWS]
        entry = record(viewer, kind, subjects=_subjects(portion), reason=reason)
    for model, group in groupby(erased, key=type):
        indexing.forget_postings(model, [row.pk for row in group])
    for row in erased:
        models.Model.delete(copy(row))  # Django takes the id from what it deletes
    own = [row.key_id for row in erased if not row.shares_key]
    files = [row.pk for row in erased if row.file_slot]
    owed.owe(organisation, own, entry)
    transaction.on_commit(lambda: _destroy(organisation, files), robust=True)
    return entry


def _destroy(organisation: UUID, files: Sequence[UUID]) -> None:
    """Shred keys, then remove what they sealed: a file that stays behind is unreadable.

    The act is durable already, so nothing that fails here may answer it with an error: keys stay
    owed and are shredded within a minute, files without a row are swept after a day.
    """
    try:
        owed.pay(organisation)
    except KeepwellError as error:
        _log.warning("shredding_owed organisation=%s code=%s", organisation, error.code)
    for row in files:
        try:
            blobs.delete(organisation, row)
        except OSError as error:
            _log.warning(
                "file_left organisation=%s row=%s errno=%s", organisation, row, error.errno
            )
