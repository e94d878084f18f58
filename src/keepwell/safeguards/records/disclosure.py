"""Disclosure scopes: sealed values open inside one, and it writes what was opened to the trail.

    with disclose(viewer, Purpose.CARE) as scope:
        rows = scope.open(rows, "name", "born")    # many values at once
        names = [row.name.open() for row in rows]  # what is open in this scope costs nothing more

On leaving, one entry naming rows and fields is durable before the `with` ends; only then may values
leave the process. `strict=True` commits before each opening: streams, mail, jobs and exports, whose
values leave inside the block. An exception in the body or a rolled back transaction changes nothing
about that: what was opened is recorded.

A task that outlives its scope gets ScopeClosed, a new thread has no scope, and a scope cannot begin
in a generator, because whoever consumes the generator would stand inside it.
"""

import inspect
import sys
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.views.decorators.debug import sensitive_variables

from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.records.errors import (
    NoScope,
    ScopeClosed,
    ScopeInGenerator,
    SealedElsewhere,
)
from keepwell.safeguards.records.events import RecordsEvent
from keepwell.safeguards.records.fields import SealedField, sealed_fields_of
from keepwell.safeguards.records.models import SealedRecord
from keepwell.safeguards.records.notes import Notes
from keepwell.safeguards.records.sealed import Kept, Opener, opener
from keepwell.safeguards.records.sealing import BROKEN, Value, open_values
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.safeguards.tenancy.wall import WallCrossed
from keepwell.safeguards.vault import keys
from keepwell.safeguards.vault.sealing import SealBroken

if TYPE_CHECKING:
    from contextvars import Token
    from uuid import UUID

Row = TypeVar("Row", bound=SealedRecord)
_Wanted = tuple[SealedRecord, Sequence[Value]]
_OpenRow = dict[str, tuple[bytes, Any]]  # by slot: the ciphertext and what it holds
_NOTHING = (None, None)


def disclose(viewer: Viewer, purpose: str, *, strict: bool = False, reason: str = "") -> "Scope":
    """Return a scope to be entered with `with`; a reason stands in each of its entries.

    Leaving it raises TrailUnavailable if what was opened cannot be recorded.
    """
    return Scope(viewer, purpose, strict=strict, reason=reason)


class Scope:
    """What one viewer opens for one purpose, until it is closed."""

    def __init__(
        self, viewer: Viewer | None, purpose: str, *, strict: bool = False, reason: str = ""
    ) -> None:
        self._viewer = viewer
        self._purpose = purpose
        self._reason = reason
        self._strict = strict
        self._lock = threading.RLock()  # tasks on other threads may share a copied context
        self._token: Token[Opener | None] | None = None
        self._open_values: dict[int, _OpenRow] = {}  # by row: hashing its UUID would be slow
        self._opened = Notes()
        self._broken = Notes()
        self._allowed: set[type[SealedRecord]] = set()  # whose fields this viewer may open
        self.count = 0  # values opened so far
        self.entries: tuple[UUID, ...] = ()  # ids of the entries written so far
        self.is_closed = False

    def viewer(self) -> Viewer:
        """Return who opens, with the purpose."""
        if self._viewer is None or not self._purpose:
            raise NoScope("Nobody may open: say for whom and for what purpose.")
        return replace(self._viewer, purpose=self._purpose)

    # -- opening -------------------------------------------------------------------------------

    def open(self, rows: Iterable[Row], *names: str) -> list[Row]:
        """Open fields of rows; return the rows, whose `row.field.open()` is now at hand.

        Raises NotPermitted without the permission that the rows name (`opened_by`); SealBroken,
        KeyGone, KeystoreUnavailable; TrailUnavailable when strict.
        """
        members = list(rows)
        wanted = [(row, _kept(row, _sealed_fields(type(row), names))) for row in members]
        with self._lock:
            self._open_all(wanted)
        return members

    def open_one(self, value: Kept[Any]) -> Any:
        """Return one value (`row.field.open()` calls this)."""
        row, field, ciphertext = value.row, value.field, value.ciphertext
        if row is None:
            raise SealedElsewhere
        known = self._open_values.get(row.id.int)  # nothing is there once the scope is closed
        if known is not None and (found := known.get(field.slot)) and found[0] == ciphertext:
            return found[1]
        with self._lock:
            self._open_all([(row, [(field, ciphertext)])])
            return self._open_values[row.id.int][field.slot][1]

    def note_file(self, row: SealedRecord) -> None:
        """Note that a row's sealed file is opened now (`records.files.read_file` calls this)."""
        with self._lock:
            if self.is_closed:
                raise ScopeClosed
            if row.organisation_id != self.viewer().organisation:
                raise WallCrossed("A file of another organisation cannot be opened.")
            self._allow({type(row)})
            self._opened.note(row, "file")
            self.count += 1
            if self._strict:
                self._write()

    def _open_all(self, wanted: Sequence[_Wanted]) -> None:
        if self.is_closed:
            raise ScopeClosed
        new = [(row, todo) for row, values in wanted if (todo := self._unopened(row, values))]
        if not new:
            return
        organisation = self.viewer().organisation
        if any(row.organisation_id != organisation for row, _ in new):
            raise WallCrossed("A row of another organisation cannot be opened.")
        self._allow({type(row) for row, _ in new})
        if len(new) > 1:
            keys.load(organisation, {row.key_id for row, _ in new})
        if self._strict:
            for row, values in new:
                self._opened.note(row, *(field.name for field, _ in values))
            self._write()
        for row, values in new:
            self._open_row(row, values)

    def _allow(self, models: set[type[SealedRecord]]) -> None:
        """Raise NotPermitted unless the viewer may open these; once is enough for a scope."""
        viewer = self.viewer()
        for model in models - self._allowed:
            is_held = model.opened_by is not None and may(viewer, model.opened_by)
            if not (is_held or _needs_none(viewer)):
                raise NotPermitted
            self._allowed.add(model)

    def _unopened(self, row: SealedRecord, values: Sequence[Value]) -> Sequence[Value]:
        """Return what is not open yet. A value changed since it was opened is another value."""
        known = self._open_values.get(row.id.int)
        if not known:
            return values
        return [
            (field, ciphertext)
            for field, ciphertext in values
            if known.get(field.slot, _NOTHING)[0] != ciphertext
        ]

    @sensitive_variables()
    def _open_row(self, row: SealedRecord, values: Sequence[Value]) -> None:
        """Open values of one row up to the first broken seal, and note them."""
        opened = []
        place = self._open_values.setdefault(row.id.int, {})
        for (field, ciphertext), value in zip(values, open_values(row, values), strict=True):
            if value is BROKEN:
                self._broken.note(row, field.name)
                break
            place[field.slot] = ciphertext, value
            opened.append(field.name)
        self.count += len(opened)
        if opened and not self._strict:
            self._opened.note(row, *opened)
        if len(opened) < len(values):
            raise SealBroken

    # -- entering and leaving ------------------------------------------------------------------

    def __enter__(self) -> Self:
        if _is_in_generator(sys._getframe(1)):  # noqa: SLF001  the caller's own frame
            raise ScopeInGenerator
        if self.is_closed or self._token is not None:
            raise ScopeClosed
        self._token = opener.set(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if self._token is not None:
                opener.reset(self._token)
        finally:  # whatever context this is left in, what was opened is written
            self.close()

    def record(self) -> None:
        """Write what was opened so far; it stays open. Raises TrailUnavailable.

        For pages that show who opened what they show: their own opening stands among the others.
        """
        with self._lock:
            self._write()

    def close(self) -> None:
        """Stop opening, drop what is open, and write what was opened. Raises TrailUnavailable."""
        with self._lock:
            self.is_closed = True
            self._open_values.clear()
            self._write()

    def _write(self) -> None:
        """Write what was noted. Notes go before the writing: a retry must not count them twice."""
        for subjects in self._opened.taken():
            entry = record_now(
                self.viewer(), RecordsEvent.FIELDS_OPEN, subjects=subjects, reason=self._reason
            )
            self.entries = (*self.entries, entry)
        for subjects in self._broken.taken():
            record_now(self.viewer(), RecordsEvent.SEAL_BREAK, subjects=subjects, outcome="failure")


def _needs_none(viewer: Viewer) -> bool:
    """Tell whether this opens without a permission of staff; a kind that is not named does not."""
    is_own_work = viewer.kind is ViewerKind.JOB and viewer.on_behalf_of is None
    return is_own_work or viewer.kind in _WITHOUT


_WITHOUT = frozenset({ViewerKind.CONSOLE, ViewerKind.RESPONDENT, ViewerKind.SYSTEM})


@cache
def _sealed_fields(model: type[SealedRecord], names: tuple[str, ...]) -> tuple[SealedField, ...]:
    by_name = {field.name: field for field in sealed_fields_of(model)}
    if not by_name.keys() >= set(names):
        raise SealedElsewhere(f"{model._meta.label} has no sealed field of this name.")
    return tuple(by_name[name] for name in names)


def _kept(row: SealedRecord, fields: Iterable[SealedField]) -> list[Value]:
    """Return what a row holds in sealed fields, without absent values."""
    loaded = row.__dict__
    values = []
    for field in fields:
        name = field.attname
        value = loaded[name] if name in loaded else getattr(row, name)
        if value is None:
            continue
        if type(value) is not Kept:
            value.open()  # pending: raises its sentence
        values.append((field, value.ciphertext))
    return values


def _is_in_generator(frame: FrameType | None) -> bool:
    """Say whether the `with` stands in a generator, looking through contextlib's own frames."""
    while frame is not None and frame.f_globals.get("__name__") == "contextlib":
        frame = frame.f_back
    flags = frame.f_code.co_flags if frame is not None else 0
    return bool(flags & (inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR))
