"""Where a request comes from, in the few words that the trail and the list of sessions keep."""

import ipaddress
import re
from uuid import UUID

from django.http import HttpRequest

_BROWSERS = (  # the first that matches: Edge and Opera also call themselves Chrome, Chrome Safari
    ("Edge", r"\bEdg(e|A|iOS)?/"),
    ("Opera", r"\bOPR/"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Firefox", r"\b(Firefox|FxiOS)/"),
    ("Chrome", r"(Chrome|\bCriOS)/"),
    ("Safari", r"\bSafari/"),
)
_SYSTEMS = (
    ("iPhone", r"\biPhone\b"),
    ("iPad", r"\biPad\b"),
    ("Android", r"\bAndroid\b"),
    ("Windows", r"\bWindows\b"),
    ("macOS", r"\bMac OS X\b"),
    ("ChromeOS", r"\bCrOS\b"),
    ("Linux", r"\bLinux\b"),
)


def address_of(request: HttpRequest) -> str:
    """Return the client's address as the server root decided it."""
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def device_of(request: HttpRequest) -> str:
    """Describe the browser in two words; the header itself is kept nowhere."""
    agent = request.headers.get("User-Agent", "")[:400]
    words = [_first(_BROWSERS, agent), _first(_SYSTEMS, agent)]
    return ", ".join(word for word in words if word)


def network_of(address: str) -> str:
    """Return the network around an address: /24 of IPv4, /64 of IPv6, as providers hand them out.

    In one way of writing; IPv4 inside IPv6 (RFC 4291 2.5.5.2) is IPv4.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])  # without an interface's name
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        parsed = parsed.ipv4_mapped or parsed
    prefix = 24 if parsed.version == 4 else 64
    return str(ipaddress.ip_network((parsed, prefix), strict=False))


def request_id_of(request: HttpRequest) -> UUID | None:
    """Return the id that the access line and the error pages give this request."""
    found = getattr(request, "request_id", None)
    return found if isinstance(found, UUID) else None


def _first(table: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for name, pattern in table if re.search(pattern, agent)), "")
