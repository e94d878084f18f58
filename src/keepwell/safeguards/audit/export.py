"""Export a log for a stranger: signed head, tiles, entries, key, and the program that checks them.

The entries hold no content, only the hash of the sealed payload: nothing readable leaves.
"""

import shutil
from pathlib import Path
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper

from keepwell.safeguards.audit import heads, offline, writer
from keepwell.safeguards.audit.errors import ExportRefused, TrailBroken
from keepwell.safeguards.audit.heads import Head
from keepwell.safeguards.audit.trail import statements, store, trees
from keepwell.safeguards.audit.trail.statements import StoredEntry
from keepwell.toolkit.tiles import TILE_BITS, TILE_WIDTH, Tile, number_path

NAMES = ("checkpoint", "tile", "entries", "key.pub", "verify.py", "README.txt")
_NEW = ".new-export"


def export(organisation: UUID, directory: Path) -> Head:
    """Write the log as it is now into a folder, in place of an older export; return its head.

    Raises ExportRefused when the folder holds something else, TrailUnavailable as reading does.
    """
    _check_folder(directory)
    writer.settle(organisation)
    new = directory / _NEW
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    with store.reading(organisation) as connection:
        row = statements.newest_checkpoint(connection, organisation)
        if row is None:
            raise TrailBroken("This organisation has no log.")
        head = Head(*row)
        _write_entries(connection, organisation, head.size, new / "entries")
        _write_tiles(connection, organisation, head.size, new)
    _write(new / "checkpoint", head.note.encode())
    _write(new / "key.pub", f"{heads.verify_key_of(organisation)}\n".encode())
    for name in ("verify.py", "README.txt"):
        shutil.copyfile(Path(offline.__path__[0]) / name, new / name)
    _put_in_place(new, directory)
    return head


def _check_folder(directory: Path) -> None:
    if directory.exists() and not directory.is_dir():
        raise ExportRefused("The export goes into a folder, and this is a file.")
    if directory.is_dir():
        strange = sorted(
            path.name for path in directory.iterdir() if path.name not in {*NAMES, _NEW}
        )
        if strange:
            raise ExportRefused(f"The folder holds something else ({strange[0]}): choose another.")


def _put_in_place(new: Path, directory: Path) -> None:
    for name in NAMES:
        old = directory / name
        if old.is_dir():
            shutil.rmtree(old)
        else:
            old.unlink(missing_ok=True)
        if (new / name).exists():
            (new / name).rename(old)
    new.rmdir()


def _write_entries(
    connection: BaseDatabaseWrapper, organisation: UUID, size: int, folder: Path
) -> None:
    for start in range(0, size, TILE_WIDTH):
        width = min(TILE_WIDTH, size - start)
        rows = statements.entries(connection, organisation, start, width)
        bundle = b"".join(_framed(row) for row in rows if start <= row.index < start + width)
        _write(folder / number_path(start // TILE_WIDTH, width), bundle)


def _framed(row: StoredEntry) -> bytes:
    """Return length and entry; whatever cannot be an entry becomes an empty one, which is found."""
    try:
        entry = b"" if row.entry is None else row.entry.encode()
        return len(entry).to_bytes(2, "big") + entry
    except (OverflowError, UnicodeError):
        return b"\x00\x00"


def _write_tiles(
    connection: BaseDatabaseWrapper, organisation: UUID, size: int, folder: Path
) -> None:
    """Copy the full tiles as they are stored, and make the partial ones at the edge."""
    level = 0
    while full := size >> TILE_BITS * (level + 1):
        for number, hashes in statements.full_tiles(connection, organisation, level, full):
            tile = Tile(level, number, hashes)
            _write(folder / "tile" / str(level) / number_path(number), tile.hashes)
        level += 1
    for tile in trees.edge_at(connection, organisation, size).unfinished():
        _write(folder / tile.path, tile.hashes)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
