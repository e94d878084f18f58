"""Browsers that have signed in before: each has an own door, which strangers' failures never close.

OWASP calls them device cookies. The cookie is signed, names a random device and, as keyed hashes,
the accounts that signed in with it; it grants nothing but a count of tries of its own.
"""

import secrets

from django.core import signing
from django.http import HttpRequest, HttpResponse

from keepwell.safeguards.identity.throttle import Door, account_door, device_door, network_door

COOKIE = "__Host-keepwell-device"
LASTS_SECONDS = 180 * 24 * 3600
MOST_ACCOUNTS = 20
"""A front desk's computer serves a team; older accounts fall off the end."""
_SALT = "keepwell.identity.devices"


def doors_for(request: HttpRequest, act: str, account: str, address: str) -> tuple[Door, ...]:
    """Return where a try is counted: at the device's own door, or the account's and network's."""
    device, accounts = _read(request)
    if device and _mark(account) in accounts:
        return (device_door(act, account, device),)
    return account_door(act, account), network_door(act, address)


def knows(request: HttpRequest, account: str) -> bool:
    """Tell whether this account has signed in with this browser before."""
    return _mark(account) in _read(request)[1]


def remember(request: HttpRequest, response: HttpResponse, account: str) -> None:
    """Note in the browser that this account has signed in with it."""
    device, accounts = _read(request)
    mark = _mark(account)
    kept = [mark, *(one for one in accounts if one != mark)][:MOST_ACCOUNTS]
    value = signing.dumps([device or secrets.token_urlsafe(16), *kept], salt=_SALT)
    response.set_cookie(
        COOKIE, value, max_age=LASTS_SECONDS, secure=True, httponly=True, samesite="Lax"
    )


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        device, *accounts = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=LASTS_SECONDS
        )
    except (signing.BadSignature, ValueError, TypeError):
        return "", []
    return str(device), [str(one) for one in accounts]


def _mark(account: str) -> str:
    return account_door("device", account).key[:22]
