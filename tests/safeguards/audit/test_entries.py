"""The bytes of an entry are read back, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.safeguards.audit.entries import (
    Entry,
    EntryMalformed,
    Mention,
    Part,
    moment_of,
    pack_mentions,
    period_of,
    unpack_mentions,
)

ENTRIES = st.builds(
    Entry,
    id=st.uuids(),
    time_us=st.integers(0, 2**64 - 1),
    period=st.integers(0, 2**32 - 1),
    kind=st.text(st.characters(exclude_categories=["Cs"]), max_size=50),
    digest=st.binary(min_size=32, max_size=32),
)


@given(ENTRIES)
def test_an_entry_is_read_back(entry: Entry) -> None:
    assert Entry.decode(entry.encode()) == entry


@given(ENTRIES, ENTRIES)
def test_two_entries_never_have_the_same_bytes(one: Entry, other: Entry) -> None:
    assert (one.encode() == other.encode()) == (one == other)


@given(st.binary(max_size=120))
def test_bytes_that_are_no_entry_are_refused(data: bytes) -> None:
    for candidate in (data, b"\x01" + data):
        try:
            entry = Entry.decode(candidate)
        except EntryMalformed:
            continue
        assert entry.encode() == candidate


@given(ENTRIES)
def test_a_shorter_or_longer_entry_is_refused(entry: Entry) -> None:
    for data in (entry.encode()[:-1], entry.encode() + b"\x00"):
        with pytest.raises(EntryMalformed):
            Entry.decode(data)


@given(st.lists(st.builds(Mention, part=st.sampled_from(Part), about=st.uuids())))
def test_mentions_are_read_back(mentions: list[Mention]) -> None:
    assert unpack_mentions(pack_mentions(mentions)) == tuple(mentions)


def test_a_period_is_a_month_in_utc() -> None:
    last_us = 1_796_083_199_999_999
    assert moment_of(last_us).isoformat() == "2026-11-30T23:59:59.999999+00:00"
    assert (period_of(last_us), period_of(last_us + 1)) == (202611, 202612)
