"""The spool: a folder where messages wait, one file each, until there is a server for them.

A message that the server refuses for good, or that is of no use any more, does not stop the others.
"""

import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

from django.conf import settings

from keepwell.safeguards.mail.messages import POLICY, is_past

_WAITING, _REFUSED = ".eml", ".refused"


def _folder() -> Path:
    return Path(settings.KEEPWELL_MAIL_SPOOL)


def put(name: UUID, message: EmailMessage) -> None:
    """Keep a message, for its owner's eyes only, whole or not at all; again changes nothing."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = folder / f".{name}"
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(message.as_bytes())
        file.flush()
        os.fsync(file.fileno())
    partial.replace(folder / f"{name}{_WAITING}")


def waiting() -> list[Path]:
    """Return the files that wait, oldest first: a name begins with the time it was made."""
    return [_folder() / name for name in _names(_WAITING)]


def count_waiting() -> int:
    """Count the messages that wait."""
    return len(_names(_WAITING))


def oldest() -> datetime | None:
    """Return since when the oldest message waits, by its file's time."""
    for name in _names(_WAITING):
        with suppress(FileNotFoundError):  # sent just now
            return datetime.fromtimestamp((_folder() / name).stat().st_mtime, UTC)
    return None


def _names(ending: str) -> list[str]:
    try:
        found = os.listdir(_folder())  # noqa: PTH208  names are enough, and pages count them
    except FileNotFoundError:
        return []
    return sorted(name for name in found if name.endswith(ending))


def _refused() -> list[Path]:
    return [_folder() / name for name in _names(_REFUSED)]


def count_refused() -> int:
    """Count the messages that the server refused for good."""
    return len(_names(_REFUSED))


def parse(raw: bytes) -> EmailMessage:
    """Return the message in a file's bytes."""
    return message_from_bytes(raw, _class=EmailMessage, policy=POLICY)


def messages() -> Iterator[tuple[Path, EmailMessage]]:
    """Return each message that waits, with its file."""
    for path in waiting():
        yield path, parse(path.read_bytes())


def drop_past() -> None:
    """Delete what is of no use any more, refused or not: a link lies here while it works."""
    for path in (*waiting(), *_refused()):
        if is_past(parse(path.read_bytes())):
            path.unlink(missing_ok=True)


def drop(names: Collection[UUID], addresses: Collection[str]) -> int:
    """Delete what bears one of these names or is for one of these addresses; return how many."""
    written = {str(name) for name in names}
    found = [
        path
        for path in (*waiting(), *_refused())
        if path.stem in written or parse(path.read_bytes())["To"] in addresses
    ]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def set_aside(path: Path) -> None:
    """Keep a message that was refused for good, out of the way of the others."""
    path.replace(path.with_suffix(_REFUSED))
