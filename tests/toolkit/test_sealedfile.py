"""A sealed file is one whole: no chunk can be dropped, doubled, moved, cut or added."""

import os
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from keepwell.toolkit import sealedfile
from keepwell.toolkit.envelope import SealBroken
from keepwell.toolkit.sealedfile import CHUNK_BYTES, HEADER_BYTES, SEALED_CHUNK_BYTES, Layout

HEADER = sealedfile.header(1, bytes(32))
KEY = sealedfile.subkey(bytes(32), HEADER, b"place")


def sealed_body(key: AESGCM, plaintext: bytes) -> list[bytes]:
    return [
        sealedfile.seal_chunk(key, number, piece, is_last=is_last)
        for number, (piece, is_last) in enumerate(sealedfile.pieces([plaintext]))
    ]


def opened_body(key: AESGCM, chunks: list[bytes]) -> bytes:
    last = len(chunks) - 1
    return b"".join(
        sealedfile.open_chunk(key, number, chunk, is_last=number == last)
        for number, chunk in enumerate(chunks)
    )


@pytest.mark.parametrize(
    "length", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES, 200_001]
)
def test_what_was_sealed_opens_and_its_length_is_known(length: int) -> None:
    plaintext = os.urandom(length)
    chunks = sealed_body(KEY, plaintext)
    layout = Layout(HEADER_BYTES + sum(map(len, chunks)))
    assert opened_body(KEY, chunks) == plaintext
    assert (layout.chunks, layout.plain_bytes) == (len(chunks), length)


@given(st.lists(st.integers(0, 150_000), max_size=6))
def test_chunks_do_not_depend_on_how_the_stream_was_cut(lengths: list[int]) -> None:
    pieces = list(sealedfile.pieces(bytes(length) for length in lengths))
    total = sum(lengths)
    assert sum(len(piece) for piece, _last in pieces) == total
    assert all(len(piece) == CHUNK_BYTES for piece, last in pieces if not last)
    assert [last for _piece, last in pieces] == [False] * (len(pieces) - 1) + [True]
    assert pieces[-1][0] or total == 0


def test_a_stream_is_cut_without_being_gathered() -> None:
    drawn = 0

    def stream() -> Iterator[bytes]:
        nonlocal drawn
        for _ in range(1000):
            drawn += 1
            yield bytes(CHUNK_BYTES)

    next(sealedfile.pieces(stream()))
    assert drawn == 2


THREE = sealed_body(KEY, os.urandom(2 * CHUNK_BYTES + 10))


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param(THREE[:2], id="last dropped"),
        pytest.param(THREE[1:], id="first dropped"),
        pytest.param([THREE[0], THREE[2]], id="middle dropped"),
        pytest.param([THREE[1], THREE[0], THREE[2]], id="swapped"),
        pytest.param([THREE[0], THREE[0], THREE[2]], id="doubled"),
        pytest.param([*THREE, THREE[2]], id="last doubled"),
        pytest.param([*THREE[:2], THREE[2][:-1]], id="cut"),
        pytest.param([*THREE[:2], THREE[2] + b"\x00"], id="added to"),
    ],
)
def test_a_file_whose_chunks_were_touched_does_not_open(chunks: list[bytes]) -> None:
    with pytest.raises(SealBroken):
        opened_body(KEY, chunks)


def test_a_chunk_of_another_file_does_not_open() -> None:
    other_header = sealedfile.header(1, b"\x01" + bytes(31))
    others = (
        sealedfile.subkey(bytes(32), other_header, b"place"),
        sealedfile.subkey(bytes(32), HEADER, b"another place"),
        sealedfile.subkey(bytes(31) + b"\x01", HEADER, b"place"),
        sealedfile.subkey(bytes(32), sealedfile.header(2, bytes(32)), b"place"),
    )
    for other in others:
        with pytest.raises(SealBroken):
            opened_body(KEY, [THREE[0], sealed_body(other, bytes(CHUNK_BYTES + 1))[1]])
        with pytest.raises(SealBroken):
            opened_body(other, THREE)


@pytest.mark.parametrize(
    "length",
    [0, HEADER_BYTES, HEADER_BYTES + 15, HEADER_BYTES + SEALED_CHUNK_BYTES + 16, 41 + 65_552],
)
def test_no_file_has_such_a_length(length: int) -> None:
    with pytest.raises(SealBroken):
        Layout(length)


@pytest.mark.parametrize("header", [b"", HEADER[:-1], HEADER + b"\x00", b"KWB\x02" + HEADER[4:]])
def test_what_is_no_header_is_refused(header: bytes) -> None:
    with pytest.raises(SealBroken):
        sealedfile.key_version_of(header)


def test_a_salt_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="this one has 31"):
        sealedfile.header(1, bytes(31))
