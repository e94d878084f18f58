"""Whose address a request has: forwarded ones are believed from our proxies only."""

from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest

from keepwell.config.forwarding import believed, client_address

if TYPE_CHECKING:
    from keepwell.config.framing import Scope

PROXIES = (ip_network("10.0.0.0/24"), ip_network("fd00::/64"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("192.0.2.9", [], "192.0.2.9"),
        ("192.0.2.9", ["203.0.113.5"], "192.0.2.9"),
        ("10.0.0.1", ["203.0.113.5"], "203.0.113.5"),
        ("10.0.0.1", ["198.51.100.1", "203.0.113.5"], "203.0.113.5"),
        ("10.0.0.1", ["203.0.113.5", "10.0.0.2"], "203.0.113.5"),
        ("10.0.0.1", ["10.0.0.3", "10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["203.0.113.5", "unknown"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.5:4711"], "10.0.0.1"),
        ("fd00::1", ["2001:db8::5"], "2001:db8::5"),
        ("", ["203.0.113.5"], ""),
        ("10.0.0.2", ["203.0.113.66", "::ffff:10.0.0.9"], "203.0.113.66"),
        ("::ffff:10.0.0.2", ["203.0.113.66"], "203.0.113.66"),
        ("10.0.0.2", ["198.51.100.1", "::ffff:203.0.113.66"], "203.0.113.66"),
        ("::ffff:192.0.2.9", ["203.0.113.66"], "::ffff:192.0.2.9"),
    ],
)
def test_the_nearest_address_that_is_no_proxy_counts(
    peer: str, forwarded: list[str], address: str
) -> None:
    assert client_address(peer, forwarded, PROXIES) == address


def test_without_proxies_nothing_is_believed() -> None:
    assert client_address("10.0.0.1", ["203.0.113.5"], ()) == "10.0.0.1"


def test_views_see_the_address_and_none_of_the_headers_it_came_from() -> None:
    scope: Scope = {
        "client": ("10.0.0.1", 4711),
        "headers": [
            (b"x-forwarded-for", b"198.51.100.1"),
            (b"x-forwarded-for", b"203.0.113.5, 10.0.0.2"),
            (b"x-forwarded-host", b"elsewhere.example"),
            (b"x-forwarded-proto", b"http"),
            (b"forwarded", b"for=192.0.2.1"),
            (b"x-real-ip", b"192.0.2.1"),
            (b"x_forwarded_for", b"192.0.2.1"),
            (b"accept", b"text/html"),
        ],
    }
    seen = believed(scope, PROXIES)
    assert seen["client"] == ("203.0.113.5", 4711)
    assert seen["headers"] == [(b"accept", b"text/html")]
