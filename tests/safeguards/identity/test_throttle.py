"""Which network a guess is counted at, however its address is written."""

import pytest

from keepwell.safeguards.identity.throttle import network_door


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10.0.0.5", "10.0.0.200"),
        ("::ffff:10.0.0.5", "10.0.0.5"),
        ("::ffff:a00:5", "10.0.0.200"),
        ("2001:db8::1", "2001:db8::2"),
        ("2001:db8::1", "2001:0DB8:0:0:ffff::9"),
        ("fe80::1%eth0", "fe80::2"),
        ("::1", "0:0:0:0:0:0:0:1"),
    ],
)
def test_neighbours_share_a_door(one: str, other: str) -> None:
    assert network_door("code", one) == network_door("code", other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10.0.0.5", "10.0.1.5"),
        ("::ffff:10.0.0.5", "::ffff:10.0.1.5"),
        ("2001:db8::1", "2001:db8:0:1::1"),
        ("::1", "2001:db8::1"),
        ("", "10.0.0.5"),
    ],
)
def test_other_networks_have_a_door_of_their_own(one: str, other: str) -> None:
    assert network_door("code", one) != network_door("code", other)
