"""Ranges of addresses in CIDR notation (RFC 4632, RFC 4291 2.3): read, compared, asked.

Knows no Django. IPv4 written inside IPv6 (RFC 4291 2.5.5.2) is the IPv4 address that it is,
or a proxy that speaks IPv6 would lead past a list of IPv4 ranges.
"""

import ipaddress
from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Range = ipaddress.IPv4Network | ipaddress.IPv6Network
LONGEST = 49  # characters of the longest range
_MAPPED_LENGTH = 96  # of ::ffff:0:0/96
_HOME_BITS = {4: 32, 6: 64}  # what one line to the internet has: an address, or a /64


class Fault(StrEnum):
    """Why a text is no range that a list may hold."""

    EVERYTHING = "everything"  # would allow the whole internet
    HOST_BITS = "host-bits"  # an address and a length that do not fit
    NONSENSE = "nonsense"


class RangeRefused(ValueError):  # noqa: N818  names the fact
    """A text is no range; `meant` is the range around it, where there is one."""

    def __init__(self, fault: Fault, meant: str = "") -> None:
        super().__init__(fault)
        self.fault = fault
        self.meant = meant


def range_of(typed: str) -> Range:
    """Read a range or a single address; raise RangeRefused."""
    text = typed.strip()
    if "%" in text:  # an interface's name means something on one machine only
        raise RangeRefused(Fault.NONSENSE)
    try:
        loose = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise RangeRefused(Fault.NONSENSE) from error
    found = unmapped(loose)
    if found.prefixlen == 0:
        raise RangeRefused(Fault.EVERYTHING)
    if "/" in text and ipaddress.ip_address(text.partition("/")[0]) != loose.network_address:
        raise RangeRefused(Fault.HOST_BITS, str(found))
    return found


def address_of(text: str) -> Address | None:
    """Read a client's address; None for what is none, which then is in no range."""
    try:
        parsed = ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return mapped or parsed


def own_range(address: str) -> str:
    """Return the range that one line to the internet has: one IPv4 address, an IPv6 /64."""
    parsed = address_of(address)
    if parsed is None:
        return ""
    return str(ipaddress.ip_network((parsed, _HOME_BITS[parsed.version]), strict=False))


def is_in(address: str, ranges: Iterable[str]) -> bool:
    """Tell whether an address is in one of these ranges; nonsense is in none."""
    parsed = address_of(address)
    return parsed is not None and any(parsed in _kept_range(each) for each in ranges)


def is_loopback(address: str) -> bool:
    """Tell whether an address is the machine's own: behind a proxy nobody was told of, all are."""
    parsed = address_of(address)
    return parsed is not None and parsed.is_loopback


@lru_cache(maxsize=4096)
def _kept_range(text: str) -> Range:
    """Read a range that `range_of` wrote: each request asks for the same few again."""
    return ipaddress.ip_network(text)


def unmapped(found: Range) -> Range:
    """Return a range of IPv4 addresses written inside IPv6 as the IPv4 range that it is."""
    if isinstance(found, ipaddress.IPv4Network) or found.prefixlen < _MAPPED_LENGTH:
        return found
    inside = found.network_address.ipv4_mapped
    return ipaddress.IPv4Network((inside, found.prefixlen - _MAPPED_LENGTH)) if inside else found
