"""Browsers that have signed in before: each has an own door, which strangers' failures never close.

OWASP calls them device cookies. The cookie is signed, names a random device and, as keyed hashes,
the accounts that signed in with it; it grants nothing but a count of tries of its own.

So has a browser that has used a link from an account's mail: its person has a way in even while
somebody keeps the doors of account and network shut. It is not known for that: the letter about a
new device is sent all the same.

Nothing about a browser is kept here, so each account has the number of its present round, which is
part of its hash in the cookie. A new round begins when a session is ended from another browser
and with a new password: then no browser is known any more, a stolen one as little as any other.
"""

import secrets
from uuid import UUID

from django.core import signing
from django.db import models
from django.http import HttpRequest, HttpResponse

from keepwell.safeguards.identity.models import User
from keepwell.safeguards.identity.throttle import (
    Door,
    account_door,
    device_door,
    link_door,
    network_door,
)

COOKIE = "__Host-keepwell-device"
LASTS_SECONDS = 180 * 24 * 3600
MOST_ACCOUNTS = 20
"""A front desk's computer serves a team; older accounts fall off the end."""
_SALT = "keepwell.identity.devices"
_DEVICE, _LINK = "device", "link"


def doors_for(request: HttpRequest, act: str, account: str, address: str) -> tuple[Door, ...]:
    """Return where a try is counted: at the browser's own door, or the account's and network's."""
    device, marks = _read(request)
    if marks and _mark(account) in marks:
        return (device_door(act, account, device),)
    if marks and _mark(account, _LINK) in marks:
        return (link_door(act, account),)
    return account_door(act, account), network_door(act, address)


def knows(request: HttpRequest, account: str) -> bool:
    """Tell whether this account has signed in with this browser before."""
    return _mark(account) in _read(request)[1]


def remember(request: HttpRequest, response: HttpResponse, account: str) -> None:
    """Note in the browser that this account has signed in with it."""
    _note(request, response, _mark(account))


def remember_link(request: HttpRequest, response: HttpResponse, account: str) -> None:
    """Note in the browser that it has used a link that went to this account's address."""
    _note(request, response, _mark(account, _LINK))


def forget_everywhere(user: UUID) -> None:
    """Know no browser of this account any more, wherever it is."""
    User.objects.filter(pk=user).update(device_round=models.F("device_round") + 1)


def _note(request: HttpRequest, response: HttpResponse, mark: str) -> None:
    device, marks = _read(request)
    kept = [mark, *(one for one in marks if one != mark)][:MOST_ACCOUNTS]
    value = signing.dumps([device or secrets.token_urlsafe(16), *kept], salt=_SALT)
    response.set_cookie(
        COOKIE, value, max_age=LASTS_SECONDS, secure=True, httponly=True, samesite="Lax"
    )


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        device, *marks = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=LASTS_SECONDS
        )
    except (signing.BadSignature, ValueError, TypeError):
        return "", []
    return str(device), [str(one) for one in marks]


def _mark(account: str, of: str = _DEVICE) -> str:
    present = User.objects.filter(email=account).values_list("device_round", flat=True).first()
    about = f"{account}\0{present}" if present else account  # as before there were rounds
    return account_door(of, about).key[:22]
