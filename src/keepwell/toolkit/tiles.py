"""The Merkle tree in C2SP tiles (tlog-tiles): 256 hashes wide, written once, never changed.

A tile of level L holds hashes of perfect subtrees over 256**L leaves. `Growth` appends leaves one
by one and gives back each tile at the moment it becomes full; between two appends it needs only the
unfinished tile of every level and one hash for each bit of the size.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from keepwell.toolkit.merkle import HASH_BYTES, HashAt, fold, node_hash, perfect_subtrees

TILE_BITS = 8
TILE_WIDTH = 1 << TILE_BITS
HIGHEST_LEVEL = 7  # 256**8 leaves are more than fit into 63 bits

_PATH = re.compile(r"(?:x\d{3}/)*\d{3}(?:\.p/[1-9]\d{0,2})?")


@dataclass(frozen=True, slots=True)
class Tile:
    """Hashes of one level, side by side; fewer than 256 while the tree's edge runs through it."""

    level: int
    number: int
    hashes: bytes
    root: bytes = b""  # of full tiles: the hash over all 256, which the next level holds

    @property
    def width(self) -> int:
        """How many hashes the tile holds."""
        return len(self.hashes) // HASH_BYTES

    @property
    def path(self) -> str:
        """Where C2SP tlog-tiles puts it, such as tile/0/x001/234 or tile/1/000.p/12."""
        return f"tile/{self.level}/{number_path(self.number, self.width)}"


def number_path(number: int, width: int = TILE_WIDTH) -> str:
    """Write a tile's number in groups of three digits: 1234 is x001/234; partial: .p/width."""
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return path if width == TILE_WIDTH else f"{path}.p/{width}"


def number_from(path: str) -> tuple[int, int]:
    """Read number and width back; raise ValueError unless `path` is the one way to write them."""
    if not _PATH.fullmatch(path):
        raise ValueError("This is not the path of a tile.")
    plain, _, width_text = path.partition(".p/")
    number, width = int(plain.replace("x", "").replace("/", "")), int(width_text or TILE_WIDTH)
    if number_path(number, width) != path or width > TILE_WIDTH:
        raise ValueError("This tile's path is not written in its shortest form.")
    return number, width


def split_hashes(hashes: bytes) -> list[bytes]:
    """Cut the bytes of a tile into its hashes."""
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]


class Growth:
    """A tree that grows at its right edge; holds at most 255 hashes a level."""

    def __init__(self, levels: Iterable[Sequence[bytes]] = ()) -> None:
        """Continue from the unfinished tiles, level 0 first (nothing: the empty tree)."""
        self._levels = [list(level) for level in levels]
        if any(len(level) >= TILE_WIDTH for level in self._levels):
            raise ValueError("A full tile is not unfinished.")
        self.size = sum(len(level) << TILE_BITS * at for at, level in enumerate(self._levels))
        self._edge = [hash_ for level in reversed(self._levels) for hash_ in _edge_of(level)]
        self._root: bytes | None = None  # of this size, once it was asked for

    def root(self) -> bytes:
        """Return the root of the tree as it is now."""
        if self._root is None:
            self._root = fold(self._edge)
        return self._root

    def append(self, leaf: bytes) -> list[Tile]:
        """Add one leaf hash; return the tiles that became full, lowest level first."""
        self._put(0, leaf)
        full: list[Tile] = []
        level, position, result = 0, self.size, leaf
        while position & 1:
            result = node_hash(self._edge.pop(), result)
            level, position = level + 1, position >> 1
            if level % TILE_BITS == 0:
                full.append(self._finish(level // TILE_BITS - 1, position, result))
        self._edge.append(result)
        self._root = None
        self.size += 1
        return full

    def unfinished(self) -> list[Tile]:
        """Return the tiles the edge runs through, as partial tiles; none without hashes."""
        return [
            Tile(level, self.size >> TILE_BITS * (level + 1), b"".join(hashes))
            for level, hashes in enumerate(self._levels)
            if hashes
        ]

    def _put(self, level: int, hash_: bytes) -> None:
        if level == len(self._levels):
            self._levels.append([])
        self._levels[level].append(hash_)

    def _finish(self, level: int, number: int, root: bytes) -> Tile:
        tile = Tile(level, number, b"".join(self._levels[level]), root)
        self._levels[level] = []
        self._put(level + 1, root)
        return tile


def _edge_of(level: Sequence[bytes]) -> list[bytes]:
    hashes = in_tile(level)
    return [hashes(height, index) for height, index in perfect_subtrees(0, len(level))]


def in_tile(hashes: Sequence[bytes]) -> HashAt:
    """Return a `hash_at` counted from the hashes of one tile; raise IndexError for what is not.

    All its inner hashes are made at once: a proof needs nearly as many of them.
    """

    rows = [hashes]
    while len(rows[-1]) > 1:
        row = rows[-1]
        rows.append([node_hash(row[at], row[at + 1]) for at in range(0, len(row) - 1, 2)])

    def hash_at(level: int, index: int) -> bytes:
        return rows[level][index]

    return hash_at
