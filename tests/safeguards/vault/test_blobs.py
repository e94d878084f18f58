"""Sealed files: whole or nothing, never in clear on the disk, in constant memory."""

import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings

from keepwell.safeguards.vault import blobs, keys
from keepwell.safeguards.vault.binding import Binding
from keepwell.safeguards.vault.errors import BlobGone
from keepwell.safeguards.vault.sealing import KeyGone, SealBroken
from keepwell.toolkit.sealedfile import CHUNK_BYTES, SEALED_CHUNK_BYTES
from tests.safeguards.vault.keepers import binding

CONTENT = os.urandom(3 * CHUNK_BYTES + 1234)


def written(ada: UUID, content: bytes = CONTENT) -> tuple[UUID, Binding, Path]:
    key, place = keys.new_data_key(ada), binding(ada)
    assert blobs.write(key, place, [content]) == len(content)
    return key, place, blobs.path_of(place.organisation, place.row)


def opened(key: UUID, place: Binding, start: int = 0, stop: int | None = None) -> bytes:
    return b"".join(blobs.read(key, place, start=start, stop=stop))


@pytest.mark.parametrize("length", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES])
def test_a_file_opens_as_it_was(ada: UUID, length: int) -> None:
    key, place, path = written(ada, CONTENT[:length])
    keys.forget()
    assert opened(key, place) == CONTENT[:length]
    assert blobs.size(key, place) == length
    assert path.parent.name == place.row.hex[-2:]
    assert path.parent.parent.name == str(ada)


@pytest.mark.parametrize(
    ("start", "stop"),
    [
        (0, 1),
        (CHUNK_BYTES - 1, CHUNK_BYTES + 1),
        (CHUNK_BYTES, 2 * CHUNK_BYTES),
        (10, 3 * CHUNK_BYTES + 5),
        (len(CONTENT) - 1, None),
        (0, len(CONTENT) + 99),
        (len(CONTENT), None),
        (5, 5),
        (9, 3),
    ],
)
def test_a_range_is_what_a_slice_is(ada: UUID, start: int, stop: int | None) -> None:
    key, place, _path = written(ada)
    assert opened(key, place, start, stop) == CONTENT[start:stop]


def test_only_sealed_bytes_reach_the_disk_while_writing(ada: UUID) -> None:
    key, place = keys.new_data_key(ada), binding(ada)
    marker = b"Pat Quill was born in 1961. " * 4000
    folder = Path(settings.KEEPWELL_BLOBS)

    def on_disk() -> list[bytes]:
        return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]

    def stream() -> Iterator[bytes]:
        for _ in range(10):
            yield marker
            assert all(b"Pat Quill" not in content for content in on_disk())

    blobs.write(key, place, stream())
    assert sum(map(len, on_disk())) > 10 * len(marker)
    assert all(b"Pat Quill" not in content for content in on_disk())
    modes = {path.stat().st_mode & 0o077 for path in folder.rglob("*")}
    assert modes == {0}


def test_a_stream_that_breaks_leaves_the_earlier_file_and_nothing_else(ada: UUID) -> None:
    key, place, path = written(ada, b"earlier")

    def broken() -> Iterator[bytes]:
        yield bytes(200_000)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        blobs.write(key, place, broken())
    assert opened(key, place) == b"earlier"
    assert list(path.parent.iterdir()) == [path]


def test_writing_again_replaces(ada: UUID) -> None:
    key, place, path = written(ada, b"earlier")
    before = path.read_bytes()
    blobs.write(key, place, [b"earlier"])
    assert path.read_bytes()[8:40] != before[8:40]  # a new salt, so a new key
    assert opened(key, place) == b"earlier"


C = SEALED_CHUNK_BYTES
HEAD = 40


@pytest.mark.parametrize(
    "touch",
    [
        pytest.param(lambda whole: whole[:-1], id="cut by a byte"),
        pytest.param(lambda whole: whole[: HEAD + 2 * C], id="cut at a chunk"),
        pytest.param(lambda whole: whole[:HEAD], id="nothing but the header"),
        pytest.param(lambda whole: whole[:7], id="half a header"),
        pytest.param(lambda _whole: b"", id="empty"),
        pytest.param(lambda whole: whole + b"\x00", id="a byte more"),
        pytest.param(lambda whole: whole + whole[-C:], id="a chunk more"),
        pytest.param(lambda whole: b"KWB\x02" + whole[4:], id="another format"),
        pytest.param(lambda whole: whole[:7] + b"\x02" + whole[8:], id="another key version"),
        pytest.param(lambda whole: whole[:8] + bytes(32) + whole[40:], id="another salt"),
        pytest.param(lambda whole: whole[:-1] + bytes([whole[-1] ^ 1]), id="last bit"),
    ],
)
def test_what_is_wrong_with_the_whole_is_said_before_the_first_byte(
    ada: UUID, touch: object
) -> None:
    key, place, path = written(ada)
    assert callable(touch)
    path.write_bytes(touch(path.read_bytes()))
    with pytest.raises(SealBroken):
        blobs.read(key, place, start=0, stop=1)
    with pytest.raises(SealBroken):
        blobs.size(key, place)


@pytest.mark.parametrize(
    "touch",
    [
        pytest.param(
            lambda w: (
                w[:HEAD] + w[HEAD + C : HEAD + 2 * C] + w[HEAD : HEAD + C] + w[HEAD + 2 * C :]
            ),
            id="swapped",
        ),
        pytest.param(lambda w: w[:HEAD] + w[HEAD : HEAD + C] * 2 + w[HEAD + 2 * C :], id="doubled"),
        pytest.param(lambda w: w[:50] + bytes([w[50] ^ 1]) + w[51:], id="one bit"),
    ],
)
def test_chunks_that_were_touched_do_not_open(ada: UUID, touch: object) -> None:
    key, place, path = written(ada)
    assert callable(touch)
    path.write_bytes(touch(path.read_bytes()))
    with pytest.raises(SealBroken):
        opened(key, place)


def test_a_file_put_in_another_rows_place_does_not_open(ada: UUID) -> None:
    key, place, path = written(ada)
    elsewhere = binding(ada)
    blobs.write(key, elsewhere, [b"x"])
    blobs.path_of(ada, elsewhere.row).write_bytes(path.read_bytes())
    with pytest.raises(SealBroken):
        blobs.read(key, elsewhere)
    with pytest.raises(SealBroken):
        blobs.read(key, place._replace(slot="another.slot"))


def test_a_file_swapped_while_it_is_read_stops_the_reading(ada: UUID) -> None:
    key, place, _path = written(ada)
    reading = blobs.read(key, place)
    blobs.write(key, place, [CONTENT])
    with pytest.raises(SealBroken):
        next(reading)


def test_after_shredding_a_file_does_not_open(ada: UUID) -> None:
    key, place, _path = written(ada)
    keys.shred(ada, [key])
    with pytest.raises(KeyGone):
        blobs.read(key, place)
    with pytest.raises(KeyGone):
        blobs.write(key, place, [b"x"])


def test_what_an_older_version_of_the_key_sealed_still_opens(ada: UUID) -> None:
    key, place, path = written(ada)
    keys.add_version(ada, key)
    assert opened(key, place) == CONTENT
    blobs.write(key, place, [CONTENT])
    assert path.read_bytes()[7] == 2
    assert opened(key, place) == CONTENT


def test_a_deleted_file_is_gone(ada: UUID) -> None:
    key, place, _path = written(ada)
    assert blobs.delete(ada, place.row)
    assert not blobs.delete(ada, place.row)
    with pytest.raises(BlobGone):
        blobs.read(key, place)
    with pytest.raises(BlobGone):
        blobs.size(key, place)


def test_a_reader_that_began_before_the_deletion_is_told(ada: UUID) -> None:
    key, place, _path = written(ada)
    reading = blobs.read(key, place)
    blobs.delete(ada, place.row)
    with pytest.raises(BlobGone):
        next(reading)


def test_what_a_killed_process_left_is_swept_after_a_day(ada: UUID) -> None:
    key, place, path = written(ada)
    stale = path.with_name(f".{path.name}.0011223344556677.unfinished")
    fresh = path.with_name(f".{path.name}.8899aabbccddeeff.unfinished")
    for left in (stale, fresh):
        left.write_bytes(b"sealed")
    os.utime(stale, (0, 0))
    os.utime(path, (0, 0))
    assert blobs.sweep_unfinished() == 1
    assert not stale.exists()
    assert fresh.exists()
    assert opened(key, place) == CONTENT


def test_memory_does_not_grow_with_the_file(ada: UUID) -> None:
    key, place = keys.new_data_key(ada), binding(ada)
    piece = os.urandom(CHUNK_BYTES)
    blobs.write(key, place, [piece])
    list(blobs.read(key, place))
    tracemalloc.start()
    try:
        blobs.write(key, place, (piece for _ in range(320)))
        length = sum(len(part) for part in blobs.read(key, place))
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert length == 320 * CHUNK_BYTES
    assert peak < 16 * CHUNK_BYTES
