"""One value, one sequence of bytes; other bytes are refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.toolkit import canonical
from keepwell.toolkit.canonical import LARGEST_INTEGER, NotCanonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | TEXT | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER),
    lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner),
    max_leaves=20,
)


@given(VALUES)
def test_what_was_encoded_is_read_and_is_json(value: object) -> None:
    data = canonical.encode(value)
    assert canonical.decode(data) == value
    assert json.loads(data) == value


@given(st.dictionaries(TEXT, st.none(), min_size=2))
def test_the_order_of_insertion_does_not_matter(value: dict[str, None]) -> None:
    backwards = dict(reversed(list(value.items())))
    assert canonical.encode(backwards) == canonical.encode(value)


def test_keys_are_in_the_order_of_utf_16_not_of_code_points() -> None:
    written = '{"\U0001f600":2,"\ufb33":1}'.encode()
    assert canonical.encode({"\ufb33": 1, "\U0001f600": 2}) == written


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), b"bytes", {1: "a"}, {"a"}, "\ud800", {"\ud800": 1}, LARGEST_INTEGER + 1],
)
def test_a_value_without_a_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical.encode(value)


def test_a_value_nested_without_end_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(NotCanonical):
        canonical.encode(endless)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b"1.0",
        b"1e3",
        b"-0",
        b"NaN",
        b'"\\u0041"',
        b'"\xff"',
        b"\xef\xbb\xbf1",
        b"",
        b"[",
        b"1 ",
        b"9007199254740993",
        b"[" * 100_000,
        b"1" * 10_000,
    ],
)
def test_bytes_that_are_not_canonical_are_refused(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        canonical.decode(data)


@given(VALUES)
def test_the_quick_comparison_agrees_with_the_encoding(value: object) -> None:
    """Bytes whose keys are in another order, or spelled with escapes, are refused all the same."""
    data = json.dumps(value, separators=(",", ":"), ensure_ascii=True).encode()
    if data == canonical.encode(value):
        assert canonical.decode(data) == value
    else:
        with pytest.raises(NotCanonical):
            canonical.decode(data)


@pytest.mark.parametrize(
    "data",
    [
        b"[1.5]",
        b"[NaN]",
        b"[-0]",
        b"[9007199254740992]",
        b"[" * 700 + b"]" * 700,
        b"[" * 5000 + b"]" * 5000,
    ],
)
def test_numbers_and_depths_without_a_canonical_form_are_refused(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        canonical.decode(data)
