"""Checkpoints kept elsewhere: what a restored or replaced store cannot take back.

An older copy of a log is whole in itself; nothing inside can tell. A signed head that was kept in
another place, and counts more entries or other ones, can. It is a C2SP signed note in a file a day.
"""

import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

from keepwell.safeguards.audit import heads, writer
from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.audit.entries import moment_of
from keepwell.safeguards.audit.events import AuditEvent
from keepwell.safeguards.audit.sealing import open_payload
from keepwell.safeguards.audit.trail import models, statements, store, trees
from keepwell.safeguards.tenancy.organisations import organisation_ids
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault.errors import KeyGone
from keepwell.toolkit import clock, notes
from keepwell.toolkit.envelope import SealBroken
from keepwell.toolkit.merkle import EMPTY_ROOT

ENDING = ".checkpoint"


@dataclass(frozen=True, slots=True)
class Kept:
    """A signed head that was kept elsewhere."""

    path: Path
    size: int
    root: bytes
    signed: datetime

    @property
    def state(self) -> str:
        """Size and root as the trail writes them."""
        return f"{self.size} {self.root.hex()}"


@dataclass(frozen=True, slots=True)
class Restored:
    """The log is not the one that was seen before: it is older, or another."""

    organisation: UUID
    kept: Kept
    size: int  # of the log as it is now
    agreed: int  # up to this size it is the one of before, as far as what is kept can tell
    agreed_root: bytes

    @property
    def sentence(self) -> str:
        """Say what was found, for a person."""
        kept = self.kept
        what = (
            f"was put back to an older state: it holds {self.size} entries"
            if self.size < kept.size
            else f"is another one: its first {kept.size} entries are not those that were signed"
        )
        return (
            f"The trail {what}, but the checkpoint of {kept.signed:%Y-%m-%d %H:%M} UTC, kept in "
            f"{kept.path}, counts {kept.size}."
        )


def checkpoint_text(organisation: UUID) -> str:
    """Return the newest signed head as text to keep in another place (C2SP tlog-checkpoint)."""
    writer.settle(organisation)
    return heads.newest_head(organisation).note


def keep(organisation: UUID, folder: Path) -> Path:
    """Write today's checkpoint into a folder; return its path. Raises OSError, TrailBroken."""
    text = checkpoint_text(organisation)
    place = folder / str(organisation)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = place / f"{clock.now():%Y-%m-%d}{ENDING}"
    partial = place / f".{secrets.token_hex(4)}"
    try:
        with partial.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path


def kept_of(organisation: UUID, folder: Path) -> list[Kept]:
    """Return the heads in the folder that this organisation has signed, the largest first.

    Raises OSError when it cannot be read.
    """
    try:  # not by glob, for which a folder that cannot be read is an empty one
        paths = list((folder / str(organisation)).iterdir())
    except FileNotFoundError:
        return []
    key = heads.verify_key_of(organisation)
    found = [_read(path, key) for path in paths if path.suffix == ENDING]
    return sorted(filter(None, found), key=lambda kept: kept.size, reverse=True)


def count(organisation: UUID, folder: Path) -> int:
    """Count the files of heads in the folder, without reading them. Raises OSError."""
    try:
        return sum(1 for path in (folder / str(organisation)).iterdir() if path.suffix == ENDING)
    except FileNotFoundError:
        return 0


def _read(path: Path, key: notes.VerifyKey) -> Kept | None:
    """Read a file; what is not a checkpoint signed by this organisation proves nothing."""
    try:
        checkpoint = notes.Checkpoint.parse(notes.open_note(path.read_text("utf-8"), key))
        signed = heads.signed_moment(checkpoint)
    except (notes.NoteBroken, ValueError):
        return None
    return Kept(path, checkpoint.size, checkpoint.root, signed)


def compare(organisation: UUID, folder: Path) -> Restored | None:
    """Return what differs from the largest checkpoint kept there; None when nothing does.

    Checkpoints of a state from which the log was knowingly restored (`declare`) no longer count.
    Raises OSError when the folder cannot be read, TrailUnavailable and KeystoreUnavailable.
    """
    writer.settle(organisation)
    size, root = _present(organisation)
    every = kept_of(organisation, folder)
    if not every or _fits(organisation, every[0], size):
        return None
    declared = _declared(organisation)
    left = [one for one in every if not any(was.took_back(one) for was in declared)]
    if not left or _fits(organisation, left[0], size):
        return None
    agreed = _agreed(organisation, left, size) or (size, root)
    return Restored(organisation, left[0], size, *agreed)


def _agreed(organisation: UUID, every: list[Kept], size: int) -> tuple[int, bytes] | None:
    """Return size and root of the largest that fits; None when all that are short enough do.

    A log that was put back and has grown since is longer than the state it was put back to.
    """
    short = [one for one in every if one.size <= size]
    fitting = [one for one in short if _fits(organisation, one, size)]
    if len(fitting) == len(short):
        return None
    return (fitting[0].size, fitting[0].root) if fitting else (0, EMPTY_ROOT)


def all_restored(folder: Path | None) -> list[Restored]:
    """Return every log that differs from what is kept in the folder; none without a folder."""
    if folder is None:
        return []
    found = (compare(organisation, folder) for organisation in organisation_ids())
    return [one for one in found if one is not None]


def declare(viewer: Viewer, found: Restored, reason: str) -> UUID:
    """Write down that the log was restored from a copy, by whom and why; return the entry's id."""
    detail = {
        "kept": found.kept.state,
        "found": f"{found.agreed} {found.agreed_root.hex()}",
    }
    return record_now(viewer, AuditEvent.TRAIL_RESTORE, reason=reason, detail=detail)


@dataclass(frozen=True, slots=True)
class _Declared:
    """That somebody has put the log back to a size, at a moment."""

    size: int
    moment: datetime
    kept: str  # the checkpoint that gave it away, whatever the clock said when it was signed

    def took_back(self, kept: Kept) -> bool:
        """Whether this checkpoint is of what was lost by it."""
        return kept.state == self.kept or (kept.size > self.size and kept.signed < self.moment)


def _declared(organisation: UUID) -> list[_Declared]:
    with store.reading(organisation):
        rows = list(
            models.Entry.objects.filter(
                organisation_id=organisation, kind=AuditEvent.TRAIL_RESTORE, payload__isnull=False
            )
        )
    return [found for row in rows if (found := _opened(row)) is not None]


def _opened(row: models.Entry) -> _Declared | None:
    sealed = bytes(row.payload or b"")
    try:
        payload = open_payload(row.organisation_id, row.entry_id, row.key_id, sealed)
        size = int(payload.detail.get("found", "").partition(" ")[0])
    except (KeyGone, SealBroken, ValueError):
        return None
    return _Declared(size, moment_of(row.time_us), payload.detail.get("kept", ""))


def _present(organisation: UUID) -> tuple[int, bytes]:
    """Return size and root of the log; a log that is gone is the shortest of all."""
    with store.reading(organisation) as connection:
        row = statements.newest_checkpoint(connection, organisation)
    return (0, EMPTY_ROOT) if row is None else row[:2]


def _fits(organisation: UUID, kept: Kept, size: int) -> bool:
    """Tell whether a log of this size begins with what was signed."""
    if kept.size > size:
        return False
    with store.reading(organisation) as connection:
        return trees.edge_at(connection, organisation, kept.size).root() == kept.root
