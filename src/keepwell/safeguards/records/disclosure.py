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
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.views.decorators.debug import sensitive_variables

from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.records.errors import (
    NoScope,
    ScopeClosed,
    ScopeInGenerator,
    SealedElsewhere,
)
from keepwell.safeguards.records.events import RecordsEvent
from keepwell.safeguards.records.fields import SealedField
from keepwell.safeguards.records.models import SealedRecord
from keepwell.safeguards.records.notes import Notes
from keepwell.safeguards.records.sealed import Kept, Opener, opener
from keepwell.safeguards.records.sealing import open_ciphertext
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.tenancy.wall import WallCrossed
from keepwell.safeguards.vault import keys
from keepwell.safeguards.vault.sealing import SealBroken

if TYPE_CHECKING:
    from contextvars import Token

Row = TypeVar("Row", bound=SealedRecord)


class _Wanted(NamedTuple):
    """One value to be opened."""

    row: SealedRecord
    field: SealedField
    ciphertext: bytes

    @property
    def place(self) -> tuple[str, UUID]:
        return self.field.slot, self.row.pk


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
        self._open_values: dict[tuple[str, UUID], tuple[bytes, Any]] = {}
        self._opened = Notes()
        self._broken = Notes()
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

        Raises SealBroken, KeyGone, KeystoreUnavailable; TrailUnavailable when strict.
        """
        members = list(rows)
        wanted = [
            _Wanted(row, value.field, value.ciphertext)
            for name in names
            for row in members
            if (value := _kept(row, name)) is not None
        ]
        with self._lock:
            self._open_all(wanted)
        return members

    def open_one(self, value: Kept[Any]) -> Any:
        """Return one value (`row.field.open()` calls this)."""
        if value.row is None:
            raise SealedElsewhere
        wanted = _Wanted(value.row, value.field, value.ciphertext)
        with self._lock:
            self._open_all([wanted])
            return self._open_values[wanted.place][1]

    def note_file(self, row: SealedRecord) -> None:
        """Note that a row's sealed file is opened now (`records.files.read_file` calls this)."""
        with self._lock:
            if self.is_closed:
                raise ScopeClosed
            if row.organisation_id != self.viewer().organisation:
                raise WallCrossed("A file of another organisation cannot be opened.")
            self._opened.note(row, "file")
            self.count += 1
            if self._strict:
                self._write()

    def _open_all(self, wanted: Sequence[_Wanted]) -> None:
        if self.is_closed:
            raise ScopeClosed
        new = [one for one in wanted if not self._is_open(one)]
        if not new:
            return
        organisation = self.viewer().organisation
        if any(one.row.organisation_id != organisation for one in new):
            raise WallCrossed("A row of another organisation cannot be opened.")
        if len(new) > 1:
            keys.load(organisation, {one.row.key_id for one in new})
        if self._strict:
            for one in new:
                self._opened.note(one.row, one.field.name)
            self._write()
        for one in new:
            self._open(one)

    def _is_open(self, one: _Wanted) -> bool:
        # Compared with what the row holds now: a value changed since is another value.
        ciphertext, _value = self._open_values.get(one.place, (None, None))
        return ciphertext == one.ciphertext

    @sensitive_variables()
    def _open(self, one: _Wanted) -> None:
        try:
            value = open_ciphertext(*one)
        except SealBroken:
            self._broken.note(one.row, one.field.name)
            raise
        self._open_values[one.place] = one.ciphertext, value
        self.count += 1
        if not self._strict:
            self._opened.note(one.row, one.field.name)

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


def _kept(row: SealedRecord, name: str) -> Kept[Any] | None:
    """Return what a row holds in a sealed field; None for absent values."""
    try:
        field = row._meta.get_field(name)
    except FieldDoesNotExist:
        field = None
    if not isinstance(field, SealedField):
        raise SealedElsewhere(f"{row._meta.label} has no sealed field of this name.")
    value = row.__dict__[name] if name in row.__dict__ else getattr(row, name)
    if value is None:
        return None
    if type(value) is not Kept:
        value.open()  # pending: raises its sentence
    kept: Kept[Any] = value
    return kept


def _is_in_generator(frame: FrameType | None) -> bool:
    """Say whether the `with` stands in a generator, looking through contextlib's own frames."""
    while frame is not None and frame.f_globals.get("__name__") == "contextlib":
        frame = frame.f_back
    flags = frame.f_code.co_flags if frame is not None else 0
    return bool(flags & (inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR))
