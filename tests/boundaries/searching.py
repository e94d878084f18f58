"""Look for words in bytes under every disguise in which clear text survives by accident.

In clear, whatever the case; as UTF-16 of both orders; in hexadecimal; in base64 at each of its
three alignments; and all of these inside anything that was deflated (zlib, gzip).
"""

import base64
import contextlib
import re
import subprocess
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from psycopg import sql

from tests.installed import Installed
from tests.stores.scale import ScaleStores

INFLATED_BYTES = 4_000_000
PIECE_BYTES = 1_000_000
EMPTY_PAGE = bytes(4096)
_DEFLATED = re.compile(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08", re.DOTALL)


@dataclass(frozen=True)
class Hit:
    """A word that was found: where, and as what."""

    place: str
    word: str
    disguise: str


class Words:
    """The words to look for, each under all its disguises."""

    def __init__(self, words: Iterable[str]) -> None:
        self._disguises: dict[bytes, tuple[str, str]] = {}
        self._folded: dict[bytes, tuple[str, str]] = {}
        for word in words:
            self._add(word)

    def _add(self, word: str) -> None:
        self._folded[quote(word, safe="").lower().encode()] = (word, "percent-encoded")
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            self._folded[word.lower().encode(encoding)] = (word, encoding)
            for spelled in {word, word.lower()}:  # as it was typed, and as an index folds it
                raw = spelled.encode(encoding)
                self._folded[raw.hex().encode()] = (word, f"hex of {encoding}")
                for form in _base64_of(raw):
                    self._disguises[form] = (word, f"base64 of {encoding}")

    def hits(self, place: str, content: bytes) -> Iterator[Hit]:
        """Find words in these bytes and in whatever they hold deflated."""
        yield from self._in(place, content)
        for piece in inflated(content):
            for hit in self._in(place, piece):
                yield Hit(place, hit.word, f"deflated {hit.disguise}")

    def _in(self, place: str, content: bytes) -> Iterator[Hit]:
        content = content.replace(EMPTY_PAGE, b"")  # most of a database's log
        lower = content.lower()
        for needle, (word, disguise) in self._folded.items():
            if needle in lower:
                yield Hit(place, word, disguise)
        for needle, (word, disguise) in self._disguises.items():
            if needle in content:
                yield Hit(place, word, disguise)


def _base64_of(raw: bytes) -> Iterator[bytes]:
    """Return the part of each alignment that does not depend on what stands beside it."""
    for before in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            coded = encode(bytes(before) + raw)
            begin = (before * 8 + 5) // 6
            yield coded[begin : (before + len(raw)) * 8 // 6]


def inflated(content: bytes) -> Iterator[bytes]:
    """Inflate everything in these bytes that begins like zlib or gzip."""
    view = memoryview(content)
    for found in _DEFLATED.finditer(content):
        opened = zlib.decompressobj(31 if found[0][0] == 0x1F else 15)
        try:
            piece = opened.decompress(view[found.start() :][:PIECE_BYTES], INFLATED_BYTES)
        except zlib.error:
            continue
        if piece:
            yield piece


def files_below(*folders: Path, since: float = 0) -> Iterator[tuple[str, bytes]]:
    """Read every file below these folders that was changed since then.

    SQLite's by another process: its locks are per process, and closing a file gives them back.
    """
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink() and path.stat().st_mtime >= since:
                yield str(path), _read(path)


def _read(path: Path) -> bytes:
    """Read a file; one that a server took away meanwhile holds nothing."""
    if ".sqlite3" not in path.name:
        with contextlib.suppress(FileNotFoundError):
            return path.read_bytes()
        return b""
    return subprocess.run(["/bin/cat", str(path)], capture_output=True, check=False).stdout


def everything_kept(place: Installed) -> Iterator[tuple[str, bytes]]:
    """Return everything an installation keeps: its folder, and its databases where it has some."""
    yield from files_below(place.home)
    if isinstance(place.stores, ScaleStores):
        for name in place.databases.values():
            yield from _rows(place.stores, name)
        began = (place.home / "root.key").stat().st_mtime
        yield from _cluster(place.stores, place.databases, began)


def _rows(stores: ScaleStores, name: str) -> Iterator[tuple[str, bytes]]:
    """Return every column of every table, as a dump has it and as bytes, and the statistics."""
    tables = "SELECT schemaname, tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 2"
    with stores.superuser(name) as connection:
        connection.execute("ANALYZE")
        for schema, table in connection.execute(tables).fetchall():
            whole = sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, table))
            for row in connection.execute(whole).fetchall():
                yield f"{name}.{table}", b"\x00".join(map(_bytes_of, row))
        statistics = connection.execute("SELECT * FROM pg_stats WHERE schemaname = 'public'")
        for row in statistics.fetchall():
            yield f"{name}.pg_stats", b"\x00".join(map(_bytes_of, row))


def _bytes_of(value: Any) -> bytes:
    return bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()


def _cluster(
    stores: ScaleStores, databases: Mapping[str, str], since: float
) -> Iterator[tuple[str, bytes]]:
    """Return the server's own files: tables of these databases, write-ahead log, its log."""
    with stores.superuser("postgres") as connection:
        connection.execute("CHECKPOINT")
        found = connection.execute(
            "SELECT oid::text FROM pg_database WHERE datname = ANY (%s)", [list(databases.values())]
        )
        folders = [stores.server.data / "base" / oid for (oid,) in found.fetchall()]
    logs = (stores.server.data / "pg_wal", stores.server.sockets)
    yield from files_below(*folders, *logs, since=since)
