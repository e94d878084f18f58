"""The root key: two verbs, wrap and unwrap, and the marker by which a wrong root key is noticed.

A provider is asked once per organisation and cache period. This one keeps the key in a file; the
key is read for each call and never kept in memory.

Each wrap names the root key that made it (the first four bytes of its fingerprint), so while one
root key takes over from another both are found by name and neither is ever tried. Files are moved
in the order in which they are read: whoever reads meanwhile finds both (`vault.root_rotation`).
"""

import contextlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from django.conf import settings

from keepwell.safeguards.vault import escrow
from keepwell.safeguards.vault.errors import (
    RootKeyExists,
    RootKeyMissing,
    RootKeyUnreadable,
    RootKeyWrong,
)
from keepwell.safeguards.vault.keystore import access
from keepwell.safeguards.vault.keystore.models import RootMarker
from keepwell.toolkit import envelope
from keepwell.toolkit.envelope import SealBroken

escrow_text = escrow.escrow_text
key_from_escrow = escrow.key_from_escrow

_MARKER = b"\x00" * envelope.KEY_BYTES
_MARKER_CONTEXT = b"marker"
_LARGEST_FILE_BYTES = 4096


class RootProvider(Protocol):
    """What every root key provider can do (file now; PKCS#11, transit engines and KMS fit too)."""

    def wrap(self, context: bytes, key: bytes | bytearray) -> bytes:
        """Return the key wrapped, bound to a context."""

    def unwrap(self, context: bytes, wrapped: bytes) -> bytearray:
        """Return the key; SealBroken when it was not wrapped by this root key for this context."""

    def fingerprint(self) -> str:
        """Return a name that tells this root key from others and reveals nothing."""

    def health(self) -> None:
        """Raise a RootKeyError whose sentence says what is wrong."""


class FileRoot:
    """A root key in a text file that only the account running Keepwell may read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.next_path = path.with_name(f"{path.stem}.next{path.suffix}")  # takes over
        self.old_path = path.with_name(f"{path.stem}.old{path.suffix}")  # until the other has

    @classmethod
    def create(cls, path: Path, key: bytes | None = None) -> "FileRoot":
        """Make a new root key (or put a given one back) durably; never write over a file."""
        text = escrow.escrow_text(os.urandom(envelope.KEY_BYTES) if key is None else key)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError as error:
            raise RootKeyExists from error
        except OSError as error:
            raise RootKeyUnreadable(
                f"The root key file cannot be made: {error.strerror}."
            ) from error
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        sync_directory(path.parent)
        return cls(path)

    def wrap(self, context: bytes, key: bytes | bytearray) -> bytes:
        """Return the key wrapped, bound to a context."""
        associated = envelope.length_prefixed(b"root/1", context)
        root_key = self.key()
        return envelope.seal(
            root_key, escrow.number_of(escrow.fingerprint(root_key)), associated, bytes(key)
        )

    def unwrap(self, context: bytes, wrapped: bytes) -> bytearray:
        """Return the key; SealBroken when it was not wrapped by this root key for this context."""
        associated = envelope.length_prefixed(b"root/1", context)
        number = envelope.key_version_of(wrapped)
        named = next(
            (key for key in self._keys() if _number(key) == number),
            None,
        )
        if named is None:
            raise SealBroken
        return envelope.open_key_into(named, associated, wrapped)

    def fingerprint(self) -> str:
        """Return the last line of the printed key."""
        return escrow.fingerprint(self.key())

    def escrow(self) -> str:
        """Return the text to print and to keep apart from the data."""
        return escrow.escrow_text(self.key())

    def health(self) -> None:
        """Read the key; raise a RootKeyError whose sentence says what is wrong."""
        self.key()

    def key(self) -> bytes:
        """Return the key that wraps: the file's, or the one that takes over from it."""
        return next(self._keys())

    def _keys(self) -> Iterator[bytes]:
        """Read one key after the other, the one that wraps first; RootKeyMissing if there is none.

        A key that only takes over, or only leaves, does not stand for the file that is missing.
        """
        found = 0
        for path in (self.next_path, self.path, self.old_path):
            try:
                yield _read(path)
                found += 1
            except RootKeyMissing:
                if path == self.path and not found:
                    raise


def _number(key: bytes) -> int:
    return escrow.number_of(escrow.fingerprint(key))


def _read(path: Path) -> bytes:
    """Read a root key's file."""
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            text = file.read(_LARGEST_FILE_BYTES)
    except FileNotFoundError as error:
        raise RootKeyMissing from error
    except OSError as error:
        raise RootKeyUnreadable from error
    if mode & 0o077:  # as ssh does: a key that others can read is not a secret
        raise RootKeyUnreadable(
            f"The root key file has mode {mode:04o}, so other accounts can reach it. "
            "Make it 0600, and if others may have read it, treat the key as known to them."
        )
    return escrow.key_from_escrow(text.decode("utf-8", errors="replace"))


def sync_directory(directory: Path) -> None:
    """Make a new or renamed file's entry durable."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def file_root() -> FileRoot:
    """Return the root key's file."""
    return FileRoot(Path(settings.KEEPWELL_ROOT_KEY))


def provider() -> RootProvider:
    """Return the root key provider that the settings name."""
    return file_root()


def is_marked() -> bool:
    """Tell whether this keystore belongs to a root key already."""
    with access.outside_walls():
        return RootMarker.objects.exists()


def marked() -> str:
    """Return the fingerprint of the root key that this keystore belongs to, or nothing."""
    with access.outside_walls():
        found = RootMarker.objects.values_list("fingerprint", flat=True).first()
    return found or ""


def mark() -> None:
    """Leave a marker in a new keystore, wrapped by the root key; do nothing when there is one."""
    root = provider()
    with access.outside_walls():
        if not RootMarker.objects.exists():
            RootMarker.objects.get_or_create(
                id=1,
                defaults={
                    "fingerprint": root.fingerprint(),
                    "wrapped": root.wrap(_MARKER_CONTEXT, _MARKER),
                },
            )


def hold() -> None:
    """Wait for a root key that is just taking over; inside `access.writing`, before a wrap.

    Whatever is wrapped after this and committed is found by the rotation that comes next.
    """
    list(RootMarker.objects.select_for_update().values_list("id"))


def mark_anew() -> None:
    """Tie the keystore to the root key that wraps now; every wrap under another is durable then."""
    root = provider()
    with access.writing_outside_walls():
        RootMarker.objects.update_or_create(
            id=1,
            defaults={
                "fingerprint": root.fingerprint(),
                "wrapped": root.wrap(_MARKER_CONTEXT, _MARKER),
            },
        )


def check() -> None:
    """Raise a RootKeyError unless the root key is usable and is the one of this keystore."""
    root = provider()
    root.health()
    with access.outside_walls():
        marker = RootMarker.objects.first()
    if marker is None:
        return
    with contextlib.suppress(SealBroken):
        root.unwrap(_MARKER_CONTEXT, bytes(marker.wrapped))
        return
    raise RootKeyWrong(
        f"This root key (last line {root.fingerprint()}) is not the one this keystore was made "
        f"with (last line {marker.fingerprint}). Nothing was changed. Put the right root.key beside"
        " this keystore, or the right keystore beside this root.key."
    )
