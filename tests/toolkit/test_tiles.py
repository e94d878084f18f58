"""A tree that grows by tiles is the tree that is built at once."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepwell.toolkit import merkle, tiles
from keepwell.toolkit.tiles import Growth, Tile
from tests.vectors.write_trail import large_leaves

LEAVES = large_leaves()[:1500]


def grown(size: int) -> tuple[Growth, list[Tile]]:
    growth, full = Growth(), list[Tile]()
    for leaf in LEAVES[:size]:
        full += growth.append(leaf)
    return growth, full


def levels_of(growth: Growth) -> list[list[bytes]]:
    """Return what a store would read back: the unfinished tile of each level."""
    edge = {tile.level: tiles.split_hashes(tile.hashes) for tile in growth.unfinished()}
    return [edge.get(level, []) for level in range(max(edge, default=-1) + 1)]


@settings(deadline=None)
@given(st.integers(0, len(LEAVES)))
def test_appending_is_rebuilding(size: int) -> None:
    growth, full = grown(size)
    assert growth.size == size
    assert growth.root() == merkle.root_of(LEAVES[:size])
    stored = b"".join(tile.hashes for tile in full if tile.level == 0)
    edge = b"".join(tile.hashes for tile in growth.unfinished() if tile.level == 0)
    assert stored + edge == b"".join(LEAVES[:size])


@settings(deadline=None)
@given(st.integers(0, len(LEAVES) - 300))
def test_a_tree_continues_from_its_unfinished_tiles(size: int) -> None:
    growth, _ = grown(size)
    again = Growth(levels_of(growth))
    assert (again.size, again.root()) == (growth.size, growth.root())
    for leaf in LEAVES[size : size + 300]:
        assert again.append(leaf) == growth.append(leaf)
        assert again.root() == growth.root()


def test_tiles_become_full_in_time_at_every_level() -> None:
    growth, full = Growth(), list[Tile]()
    leaves = large_leaves()
    for leaf in leaves:
        full += growth.append(leaf)
    assert [tile.path for tile in full if tile.level == 1] == ["tile/1/000"]
    level_1 = next(tile for tile in full if tile.level == 1)
    roots = [tile.root for tile in full if tile.level == 0][:256]
    assert tiles.split_hashes(level_1.hashes) == roots
    assert level_1.root == merkle.root_of(leaves[: 256 * 256])
    assert all(tile.width == tiles.TILE_WIDTH for tile in full)


@given(st.integers(0, 10**12), st.integers(1, 256))
def test_a_path_is_read_back(number: int, width: int) -> None:
    assert tiles.number_from(tiles.number_path(number, width)) == (number, width)


@pytest.mark.parametrize(
    "path",
    ["", "1", "0001", "x000/001", "x001", "001.p/0", "001.p/256", "001.p/257", "001.p/01", "1/002",
     "x001/2", "001/", "/001", "00\N{ARABIC-INDIC DIGIT ONE}", "001.p/", "001\n"],
)  # fmt: skip
def test_another_way_to_write_a_path_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="tile"):
        tiles.number_from(path)


def test_a_full_tile_is_not_unfinished() -> None:
    with pytest.raises(ValueError, match="full"):
        Growth([LEAVES[:256]])
