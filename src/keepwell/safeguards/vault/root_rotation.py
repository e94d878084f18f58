"""A new root key takes over: every organisation's keys are wrapped by it, then the old one goes.

    root.next.key  is made and printed, and wraps from then on
    root.key       still unwraps what it wrapped
    root.old.key   is what root.key becomes when nothing is under it any more, and is removed

Where it stands is told by the files and the wraps themselves, so a kill at any moment is made up
for by calling again. On several machines that share a keystore, the file must be on each of them
before the first wrap is made anew: `prepare`, copy, then `finish` on one after the other.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from keepwell.safeguards.vault import organisation_keys, root
from keepwell.safeguards.vault.errors import RootRotationRuns
from keepwell.safeguards.vault.keystore import access
from keepwell.safeguards.vault.root import FileRoot


@dataclass(frozen=True, slots=True)
class RootRotated:
    """What came of it."""

    fingerprint: str
    organisations: int
    rewrapped: int  # organisation keys that were under another root key


def is_under_way() -> bool:
    """Tell whether a new root key has begun to take over and has not finished."""
    files = root.file_root()
    return files.next_path.exists() or files.old_path.exists()


def prepare() -> FileRoot:
    """Make the next root key, or find the one that was made; nothing is wrapped by it yet.

    Between here and `finish` new organisations' keys are wrapped by it already. Raises RootKeyError
    when the present root key is not the one of this keystore.
    """
    files = root.file_root()
    with _alone(files.path.parent):
        root.check()
        if not files.next_path.exists() and not files.old_path.exists():
            _make(files.next_path)
    return files


def finish() -> RootRotated:
    """Wrap every organisation's keys under the next root key and let the old one go."""
    files = root.file_root()
    with _alone(files.path.parent):
        root.check()
        fingerprint = files.fingerprint()
        root.mark_anew()
        every = access.organisations()
        count = sum(organisation_keys.rewrap_under_root(each, fingerprint) for each in every)
        for each in access.organisations():  # one founded meanwhile is under the new key already
            count += organisation_keys.rewrap_under_root(each, fingerprint)
        _put_in_place(files)
    return RootRotated(fingerprint, len(every), count)


def _make(path: Path) -> None:
    """Make the file under another name first: nobody ever reads half of it."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    FileRoot.create(partial)
    partial.rename(path)
    root.sync_directory(path.parent)


def _put_in_place(files: FileRoot) -> None:
    """Move the files in the order in which `FileRoot` reads them, each step durable."""
    if files.next_path.exists():
        if files.path.exists():
            files.path.rename(files.old_path)
        files.next_path.rename(files.path)
        root.sync_directory(files.path.parent)
    if files.old_path.exists():
        files.old_path.unlink()
        root.sync_directory(files.path.parent)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time move the files; RootRotationRuns when another does."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise RootRotationRuns from error
    else:
        yield
    finally:
        os.close(descriptor)
