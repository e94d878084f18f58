"""Identifiers: made in order of time, and read back from what SQLite keeps."""

import copy
import pickle
from uuid import RFC_4122, UUID

import pytest

from keepwell.toolkit.identifiers import uuid7, uuid7_from, uuid_from_hex


def test_an_id_read_back_is_the_id_that_was_written() -> None:
    for made in (uuid7(), UUID(int=0), UUID(int=2**128 - 1)):
        read = uuid_from_hex(made.hex)
        assert (read, hash(read), str(read), read.is_safe) == (
            made,
            hash(made),
            str(made),
            made.is_safe,
        )
        assert copy.deepcopy(read) == made
        assert pickle.loads(pickle.dumps(read)) == made  # noqa: S301  our own


@pytest.mark.parametrize("text", ["", "x" * 32, "0" * 31, "0" * 33])
def test_other_text_is_no_id(text: str) -> None:
    with pytest.raises(ValueError, match=r"hexadecimal|invalid literal"):
        uuid_from_hex(text)


def test_ids_made_later_sort_later_to_the_microsecond() -> None:
    assert uuid7_from(1, b"\xff" * 8) < uuid7_from(2, b"\x00" * 8)
    assert uuid7_from(999, b"\xff" * 8) < uuid7_from(1000, b"\x00" * 8)
    assert uuid7().version == 7


def test_an_id_holds_its_milliseconds_and_their_fraction() -> None:
    made = uuid7_from(1_700_000_000_123_500, bytes(8))
    assert made.int >> 80 == 1_700_000_000_123
    assert (made.int >> 64) & 0xFFF == 4096 // 2
    assert (made.version, made.variant) == (7, RFC_4122)
