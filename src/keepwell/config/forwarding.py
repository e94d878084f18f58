"""Where a request comes from: forwarded addresses are believed from configured proxies only.

Allowed networks and throttles stand on this address (OWASP ASVS 4.1.3, 15.3.4).
"""

from collections.abc import Iterable, Sequence

from keepwell.config.environment import Network
from keepwell.config.framing import Header, Scope
from keepwell.safeguards.access.ranges import address_of

_FORWARDED = b"x-forwarded-for"
_NOT_FOR_VIEWS = (b"forwarded", b"x-real-ip", b"x-client-ip", b"true-client-ip")


def believed(scope: Scope, proxies: Sequence[Network]) -> Scope:
    """Return the scope with the client's real address and without headers nobody may believe.

    A name with `_` becomes the same WSGI variable as one with `-`, so `X_Forwarded_For` would pass
    behind a proxy that only strips `X-Forwarded-For`.
    """
    peer, port = scope.get("client") or ("", 0)
    address = client_address(str(peer), _forwarded(scope["headers"]), proxies)
    headers = [(name, value) for name, value in scope["headers"] if _is_for_views(name)]
    return {**scope, "client": (address, port), "headers": headers}


def client_address(peer: str, forwarded: Sequence[str], proxies: Sequence[Network]) -> str:
    """Return the nearest address that is not one of our proxies, walking back from the peer.

    IPv4 written inside IPv6 is the IPv4 address that it is, or a proxy that writes itself so would
    count as the client, and stand in the clinic's own network.
    """
    address = peer
    for hop in reversed(forwarded):
        if not _is_proxy(address, proxies):
            break
        found = address_of(hop)
        if found is None:
            break  # what follows was written by whoever wrote the nonsense
        address = str(found)
    return address


def _forwarded(headers: Iterable[Header]) -> list[str]:
    values = [value.decode("latin-1") for name, value in headers if name == _FORWARDED]
    return [hop.strip() for value in values for hop in value.split(",")]


def _is_proxy(address: str, proxies: Sequence[Network]) -> bool:
    parsed = address_of(address) if proxies else None
    return parsed is not None and any(parsed in network for network in proxies)


def _is_for_views(name: bytes) -> bool:
    return b"_" not in name and not name.startswith(b"x-forwarded") and name not in _NOT_FOR_VIEWS
