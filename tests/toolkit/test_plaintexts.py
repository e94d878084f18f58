"""One value has one encoding; nothing else is read back, and padding hides lengths."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.toolkit import plaintexts
from keepwell.toolkit.envelope import SealBroken
from keepwell.toolkit.plaintexts import Codec, NotEncodable

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=6)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_text_comes_back(value: str) -> None:
    assert plaintexts.TEXT.decode(plaintexts.TEXT.encode(value)) == value


@given(st.dates())
def test_a_date_comes_back_from_ten_bytes(value: date) -> None:
    encoded = plaintexts.DATE.encode(value)
    assert len(encoded) == 10
    assert plaintexts.DATE.decode(encoded) == value


@given(
    st.datetimes(
        min_value=datetime(1, 1, 2),  # noqa: DTZ001  the strategy adds the zone
        max_value=datetime(9999, 12, 30),  # noqa: DTZ001
        timezones=st.timezones(),
    )
)
def test_a_moment_comes_back_in_utc_from_27_bytes(value: datetime) -> None:
    encoded = plaintexts.MOMENT.encode(value)
    assert len(encoded) == 27
    found = plaintexts.MOMENT.decode(encoded)
    assert found == value.astimezone(UTC)
    assert found.tzinfo == UTC


@given(st.integers(-(2**63), 2**63 - 1))
def test_an_integer_comes_back_from_eight_bytes(value: int) -> None:
    encoded = plaintexts.INTEGER.encode(value)
    assert len(encoded) == 8
    assert plaintexts.INTEGER.decode(encoded) == value


@given(DECIMALS)
def test_a_decimal_comes_back_as_precise_as_it_was(value: Decimal) -> None:
    found = plaintexts.DECIMAL.decode(plaintexts.DECIMAL.encode(value))
    assert str(found) == str(value if value else abs(value))


@pytest.mark.parametrize(
    ("said", "encoded"),
    [
        ("0", b"0"),
        ("-0", b"0"),
        ("-0.00", b"0.00"),
        ("1.50", b"1.50"),
        ("1E+3", b"1000"),
        ("1E-7", b"0.0000001"),
        ("-12.5", b"-12.5"),
    ],
)
def test_decimals_are_written_without_exponent_and_keep_their_zeros(
    said: str, encoded: bytes
) -> None:
    assert plaintexts.DECIMAL.encode(Decimal(said)) == encoded


def test_yes_and_no_are_one_byte_each() -> None:
    assert [plaintexts.BOOLEAN.encode(value) for value in (True, False)] == [b"1", b"0"]
    assert [plaintexts.BOOLEAN.decode(plain) for plain in (b"1", b"0")] == [True, False]


REFUSED: list[tuple[Codec, Any]] = [
    (plaintexts.TEXT, "\ud800"),
    (plaintexts.MOMENT, datetime(2026, 1, 1)),  # noqa: DTZ001  that is the point
    (plaintexts.MOMENT, datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5)))),
    (plaintexts.INTEGER, 2**63),
    (plaintexts.INTEGER, -(2**63) - 1),
    (plaintexts.DECIMAL, Decimal("NaN")),
    (plaintexts.DECIMAL, Decimal("-Infinity")),
    (plaintexts.DECIMAL, Decimal("1E+100")),
    (plaintexts.DECIMAL, Decimal("1E-999999")),
]


@pytest.mark.parametrize(("codec", "value"), REFUSED)
def test_what_has_no_encoding_is_refused_without_being_repeated(codec: Codec, value: Any) -> None:
    with pytest.raises(NotEncodable) as caught:
        codec.encode(value)
    assert str(value) not in str(caught.value)


BROKEN: list[tuple[Codec, bytes]] = [
    (plaintexts.TEXT, b"\xff"),
    (plaintexts.DATE, b"20260102"),
    (plaintexts.DATE, b"2026-W01-5"),
    (plaintexts.DATE, b"2026-02-30"),
    (plaintexts.DATE, b""),
    (plaintexts.MOMENT, b"2026-01-01T00:00:00Z"),
    (plaintexts.MOMENT, b"2026-01-01T00:00:00.000000+00:00"),
    (plaintexts.MOMENT, b"2026-13-01T00:00:00.000000Z"),
    (plaintexts.INTEGER, b"7"),
    (plaintexts.INTEGER, bytes(9)),
    (plaintexts.DECIMAL, b"-0"),
    (plaintexts.DECIMAL, b"01"),
    (plaintexts.DECIMAL, b"1."),
    (plaintexts.DECIMAL, b"1e3"),
    (plaintexts.DECIMAL, b"NaN"),
    (plaintexts.DECIMAL, "\N{ARABIC-INDIC DIGIT ONE}".encode()),
    (plaintexts.DECIMAL, b"1\n"),
    (plaintexts.BOOLEAN, b""),
    (plaintexts.BOOLEAN, b"2"),
    (plaintexts.BOOLEAN, b"true"),
]


@pytest.mark.parametrize(("codec", "plain"), BROKEN)
def test_bytes_that_are_no_encoding_are_refused(codec: Codec, plain: bytes) -> None:
    with pytest.raises(SealBroken):
        codec.decode(plain)


@given(st.binary(max_size=200), st.sampled_from(plaintexts.BUCKETS))
def test_padding_comes_off_again_and_shows_only_the_bucket(plain: bytes, bucket: int) -> None:
    padded = plaintexts.pad(plain, bucket)
    assert len(padded) == (len(plain) // bucket + 1) * bucket
    assert plaintexts.unpad(padded, bucket) == plain


@pytest.mark.parametrize(
    "padded",
    [b"", bytes(32), b"a" * 32, b"\x80" + bytes(30), b"\x80" + bytes(32), b"\x80" + bytes(63)],
)
def test_what_is_no_padding_is_refused(padded: bytes) -> None:
    with pytest.raises(SealBroken):
        plaintexts.unpad(padded, 32)
