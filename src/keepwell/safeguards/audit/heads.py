"""The signed head of a log: size, root, time, and the note that proves them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from keepwell.safeguards.audit.entries import moment_of
from keepwell.safeguards.audit.errors import TrailBroken
from keepwell.safeguards.audit.trail import statements, store
from keepwell.safeguards.vault import signing
from keepwell.toolkit import notes
from keepwell.toolkit.merkle import EMPTY_ROOT

SIGNED = "signed "
TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


class HeadEdited(notes.NoteBroken):
    """The note is signed, but the row beside it says something else."""


@dataclass(frozen=True, slots=True)
class Head:
    """What the newest checkpoint says."""

    size: int
    root: bytes
    signed_us: int
    note: str


def origin_of(organisation: UUID) -> str:
    """Return the name of a log, which is also the name of its key."""
    return f"keepwell/{organisation}"


def verify_key_of(organisation: UUID) -> notes.VerifyKey:
    """Return the named public key that checks this organisation's heads."""
    public = notes.public_bytes(signing.verify_key(organisation))
    return notes.VerifyKey(origin_of(organisation), public)


def sign_head(organisation: UUID, size: int, root: bytes, signed_us: int) -> Head:
    """Sign a head (C2SP checkpoint; the time is an extension line)."""
    origin = origin_of(organisation)
    text = notes.Checkpoint(origin, size, root, (f"{SIGNED}{time_text(signed_us)}",)).text()
    note = notes.sign(text, origin, signing.signing_key(organisation))
    return Head(size, root, signed_us, note)


def check_head(head: Head, key: notes.VerifyKey) -> None:
    """Raise NoteBroken unless the note is signed, HeadEdited unless it says what the row says."""
    text = notes.open_note(head.note, key)
    said = notes.Checkpoint(
        key.name, head.size, head.root, (f"{SIGNED}{time_text(head.signed_us)}",)
    )
    if text != said.text():
        raise HeadEdited("The checkpoint's row says something else than its signed note.")


def signed_moment(checkpoint: notes.Checkpoint) -> datetime:
    """Return when a checkpoint says it was signed; raise ValueError if it does not say."""
    (line,) = [line for line in checkpoint.extensions if line.startswith(SIGNED)]
    return datetime.strptime(line.removeprefix(SIGNED), TIME).replace(tzinfo=UTC)


def time_text(time_us: int) -> str:
    """Write a moment in UTC with microseconds, always the same number of characters."""
    return moment_of(time_us).strftime(TIME)


def newest_head(organisation: UUID) -> Head:
    """Read the newest head; raise TrailBroken if there is no log."""
    with store.reading(organisation) as connection:
        row = statements.newest_checkpoint(connection, organisation)
    if row is None:
        raise TrailBroken("This organisation has no log.")
    return Head(*row)


def empty_head(organisation: UUID, signed_us: int) -> Head:
    """Sign the head of a log that has no entry yet."""
    return sign_head(organisation, 0, EMPTY_ROOT, signed_us)
