"""Ranges of addresses: what is read, what is refused and why, who is in one."""

import pytest

from keepwell.safeguards.access.ranges import (
    Fault,
    RangeRefused,
    is_in,
    is_loopback,
    own_range,
    range_of,
)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        (" 203.0.113.0/24 ", "203.0.113.0/24"),
        ("10.0.0.0/255.0.0.0", "10.0.0.0/8"),
        ("2001:DB8::/32", "2001:db8::/32"),
        ("2001:db8::7", "2001:db8::7/128"),
        ("::ffff:203.0.113.9", "203.0.113.9/32"),
        ("::ffff:203.0.113.0/120", "203.0.113.0/24"),
    ],
)
def test_a_range_is_read_in_one_way_of_writing(typed: str, read: str) -> None:
    assert str(range_of(typed)) == read


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", Fault.NONSENSE),
        ("the front desk", Fault.NONSENSE),
        ("010.0.0.1", Fault.NONSENSE),  # octal to some, decimal to others
        ("3221225985", Fault.NONSENSE),
        ("1.2.3.4/33", Fault.NONSENSE),
        ("10.0.0.0 /8", Fault.NONSENSE),
        ("fe80::1%eth0", Fault.NONSENSE),
        ("٣.٣.٣.٣", Fault.NONSENSE),
        ("203.0.113.7 OR 1=1", Fault.NONSENSE),
        ("0.0.0.0/0", Fault.EVERYTHING),
        ("::/0", Fault.EVERYTHING),
        ("1.2.3.4/0", Fault.EVERYTHING),
        ("::ffff:0:0/96", Fault.EVERYTHING),
    ],
)
def test_what_is_no_range_for_a_list_is_refused(typed: str, fault: Fault) -> None:
    with pytest.raises(RangeRefused) as refused:
        range_of(typed)
    assert refused.value.fault is fault


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("203.0.113.7/24", "203.0.113.0/24"),
        ("2001:db8::7/48", "2001:db8::/48"),
        ("::ffff:203.0.113.7/120", "203.0.113.0/24"),
    ],
)
def test_address_and_length_that_do_not_fit_are_refused_with_what_may_be_meant(
    typed: str, meant: str
) -> None:
    with pytest.raises(RangeRefused) as refused:
        range_of(typed)
    assert (refused.value.fault, refused.value.meant) == (Fault.HOST_BITS, meant)


@pytest.mark.parametrize(
    ("address", "ranges", "inside"),
    [
        ("203.0.113.7", ["203.0.113.0/24"], True),
        ("203.0.114.7", ["203.0.113.0/24"], False),
        ("203.0.114.7", ["203.0.113.0/24", "203.0.112.0/20"], True),  # they overlap
        ("::ffff:203.0.113.7", ["203.0.113.0/24"], True),
        ("::ffff:cb00:7107", ["203.0.113.0/24"], True),
        ("::ffff:203.0.114.7", ["203.0.113.0/24", "2001:db8::/32"], False),
        ("2001:db8:0:1::9", ["2001:db8::/32"], True),
        ("2001:db9::9", ["2001:db8::/32"], False),
        ("::203.0.113.7", ["203.0.113.0/24"], False),  # deprecated, and no IPv4 address
        ("fe80::1%eth0", ["fe80::/10"], True),
        ("", ["203.0.113.0/24"], False),
        ("unknown", ["203.0.113.0/24"], False),
        ("203.0.113.7", [], False),
    ],
)
def test_who_is_in_one_of_several_ranges(address: str, ranges: list[str], inside: bool) -> None:
    assert is_in(address, ranges) is inside


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        ("::ffff:203.0.113.7", "203.0.113.7/32"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("unknown", ""),
    ],
)
def test_the_range_of_ones_own_line(address: str, own: str) -> None:
    assert own_range(address) == own


def test_the_machine_itself() -> None:
    told = [is_loopback(one) for one in ("127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "")]
    assert told == [True, True, True, False, False]
