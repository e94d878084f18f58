"""Sealed files: attachments, signatures, recordings, in constant memory both ways.

A row's file is `<organisation>/<last two hex digits of the row>/<row>` under `KEEPWELL_BLOBS`. Its
name and length are all that a reader of the disk learns: only sealed bytes are ever written.
"""

import contextlib
import itertools
import os
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from keepwell.safeguards.vault import data_keys
from keepwell.safeguards.vault.binding import Binding
from keepwell.safeguards.vault.errors import BlobGone
from keepwell.safeguards.vault.held import Unwrapped, Wiped
from keepwell.safeguards.vault.root import sync_directory
from keepwell.toolkit import sealedfile
from keepwell.toolkit.envelope import SealBroken
from keepwell.toolkit.sealedfile import Layout

_UNFINISHED = ".unfinished"
_UNFINISHED_SECONDS = 86_400


def path_of(organisation: UUID, row: UUID) -> Path:
    """Return where the file of a row is or will be (the last digits: the first ones are a time)."""
    return Path(settings.KEEPWELL_BLOBS) / str(organisation) / row.hex[-2:] / str(row)


def write(key_id: UUID, binding: Binding, chunks: Iterable[bytes]) -> int:
    """Seal a stream into the row's file, durably, replacing an earlier one; return its length.

    If the stream or the disk fails, the earlier file stays as it was. Raises KeyGone and
    KeystoreUnavailable.
    """
    newest = data_keys.data_key(binding.organisation, key_id).newest
    header = sealedfile.header(newest.version, os.urandom(sealedfile.SALT_BYTES))
    cipher = _subkey(key_id, binding, header, newest)
    path = path_of(binding.organisation, binding.row)
    _make_directories(path.parent)
    unfinished = path.with_name(f".{path.name}.{os.urandom(8).hex()}{_UNFINISHED}")
    try:
        length = _write_sealed(unfinished, header, cipher, chunks)
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    sync_directory(path.parent)
    return length


def _write_sealed(path: Path, header: bytes, cipher: AESGCM, chunks: Iterable[bytes]) -> int:
    length = 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(header)
        for number, (piece, is_last) in enumerate(sealedfile.pieces(chunks)):
            file.write(sealedfile.seal_chunk(cipher, number, piece, is_last=is_last))
            length += len(piece)
        file.flush()
        os.fsync(file.fileno())
    return length


def _make_directories(directory: Path) -> None:
    """Make the folders down to this one, each for us alone and each durable."""
    if directory.is_dir():
        return
    _make_directories(directory.parent)
    directory.mkdir(mode=0o700, exist_ok=True)
    sync_directory(directory.parent)


def size(key_id: UUID, binding: Binding) -> int:
    """Return the length of what was sealed, proven by opening the last chunk."""
    with _file(binding) as file:
        return _Opened(file, key_id, binding).layout.plain_bytes


def read(
    key_id: UUID, binding: Binding, *, start: int = 0, stop: int | None = None
) -> Iterator[bytes]:
    """Open the bytes from start to before stop, in pieces of at most 64 KiB.

    What is wrong with key, header or length is raised here, before the first piece: a file cut
    short gives nothing at all. A chunk changed in the middle raises SealBroken when it is reached.
    Raises BlobGone, KeyGone and KeystoreUnavailable.
    """
    with _file(binding) as file:
        opened = _Opened(file, key_id, binding)
        length = opened.layout.plain_bytes
    end = length if stop is None else min(stop, length)
    return _pieces(opened, binding, max(start, 0), end)


def _pieces(opened: "_Opened", binding: Binding, start: int, end: int) -> Iterator[bytes]:
    if start >= end:
        return
    with _file(binding) as file:
        opened.file = file  # if it is no longer the one that was checked, no chunk opens
        first, last = start // sealedfile.CHUNK_BYTES, (end - 1) // sealedfile.CHUNK_BYTES
        for number in range(first, last + 1):
            begins = number * sealedfile.CHUNK_BYTES
            piece = opened.chunk(number)
            yield piece[max(start - begins, 0) : end - begins]


def delete(organisation: UUID, row: UUID) -> bool:
    """Remove the row's file; say whether there was one. Its bytes may stay on the disk, sealed."""
    path = path_of(organisation, row)
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    sync_directory(path.parent)
    return True


def has_any(organisation: UUID) -> bool:
    """Tell whether an organisation has files or had some."""
    return (Path(settings.KEEPWELL_BLOBS) / str(organisation)).exists()


def count(organisation: UUID, *, most: int) -> int:
    """Count an organisation's files, no further than to one more than `most`."""
    names = (Path(settings.KEEPWELL_BLOBS) / str(organisation)).glob("??/*")
    finished = (name for name in names if not name.name.endswith(_UNFINISHED))
    return sum(1 for _name in itertools.islice(finished, most + 1))


def delete_all(organisation: UUID) -> int:
    """Remove every file of an organisation, half-written ones too; return how many there were."""
    folder = Path(settings.KEEPWELL_BLOBS) / str(organisation)
    count = sum(1 for path in folder.glob("??/*"))
    shutil.rmtree(folder, ignore_errors=True)
    if folder.parent.is_dir():
        sync_directory(folder.parent)
    return count


def sweep_unfinished() -> int:
    """Remove files that a killed process left half-written a day ago; return how many."""
    before = time.time() - _UNFINISHED_SECONDS
    swept = 0
    for path in Path(settings.KEEPWELL_BLOBS).glob(f"*/??/.*{_UNFINISHED}"):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < before:
                path.unlink()
                swept += 1
    return swept


def files_before(organisation: UUID, moment: float) -> Iterator[UUID]:
    """Yield the rows whose files were finished before a moment (seconds since 1970)."""
    for path in (Path(settings.KEEPWELL_BLOBS) / str(organisation)).glob("??/*"):
        with contextlib.suppress(FileNotFoundError, ValueError):  # gone just now; not one of ours
            row = UUID(path.name)
            if path.stat().st_mtime < moment:
                yield row


def _file(binding: Binding) -> BinaryIO:
    try:
        return path_of(binding.organisation, binding.row).open("rb")
    except FileNotFoundError as error:
        raise BlobGone from error


def _subkey(key_id: UUID, binding: Binding, header: bytes, key: Unwrapped | None) -> AESGCM:
    """Derive the file's own key, finding the data key again if it was evicted meanwhile."""
    version = sealedfile.key_version_of(header)
    associated = binding.associated(b"blob/1")
    for _attempt in range(3):
        key = key or data_keys.data_key_version(binding.organisation, key_id, version)
        if key is None:
            raise SealBroken
        try:
            return key.derive(lambda material: sealedfile.subkey(material, header, associated))
        except Wiped:
            key = None
    raise Wiped


class _Opened:
    """A sealed file whose header and end have been checked."""

    def __init__(self, file: BinaryIO, key_id: UUID, binding: Binding) -> None:
        self.file = file
        self.layout = Layout(os.fstat(file.fileno()).st_size)
        header = file.read(sealedfile.HEADER_BYTES)
        self.cipher = _subkey(key_id, binding, header, None)
        # The length is true only if the last chunk opens as the last.
        self.chunk(self.layout.chunks - 1)

    def chunk(self, number: int) -> bytes:
        """Return the plaintext of one chunk."""
        self.file.seek(self.layout.offset(number))
        sealed = self.file.read(sealedfile.SEALED_CHUNK_BYTES)
        is_last = number == self.layout.chunks - 1
        return sealedfile.open_chunk(self.cipher, number, sealed, is_last=is_last)
