"""Devices that are trusted: where an account is not asked for the second step, for some days.

Off unless every organisation that the account may enter allows it, and for as many days as the
strictest of them. The browser holds a random secret, the server its hash beside the account: the
one is good for nothing without the other, and without the account's password neither is
(docs/decisions/0019-trusted-devices.md).
"""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from keepwell.safeguards.identity.models import Door, TrustedDevice, User
from keepwell.safeguards.identity.origin import address_of, device_of
from keepwell.safeguards.identity.sessions import digest_of
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.toolkit.clock import now

COOKIE = "__Host-keepwell-trust"
SECRET_BYTES = 32
LEAST_DAYS, MOST_DAYS, USUAL_DAYS = 1, 30, 7


def policy_of(organisation: UUID) -> tuple[int, datetime | None]:
    """Return for how many days an organisation allows it, 0 for not at all, and since when."""
    with wall.reading(organisation):
        own = Organisation.objects.filter(pk=organisation)
        return own.values_list("trust_days", "trust_since").first() or (0, None)


def days_for(user: User) -> int:
    """Return for how many days this account's devices may be trusted; 0: not at all."""
    return _allowed(user)[0]


def standing_of(user: User) -> list[TrustedDevice]:
    """List the devices that are trusted now, the latest first."""
    days, since = _allowed(user)
    rows = TrustedDevice.objects.filter(user=user).order_by("-created", "-id")
    return [row for row in rows if _holds(row, days, since)]


def of_browser(request: HttpRequest, user: User) -> TrustedDevice | None:
    """Return the trust that this browser has for this account now."""
    secret = request.COOKIES.get(COOKIE, "")
    if not secret:
        return None
    row = TrustedDevice.objects.filter(user=user, secret_digest=digest_of(secret)).first()
    return row if row is not None and _holds(row, *_allowed(user)) else None


def add(request: HttpRequest, user: User, *, days: int) -> tuple[TrustedDevice, str]:
    """Trust this browser for an account; return the row and the browser's new secret.

    Colleagues who trust the same browser go along to the new secret: one that somebody has put
    there beforehand is good for nothing afterwards.
    """
    secret, before = secrets.token_urlsafe(SECRET_BYTES), request.COOKIES.get(COOKIE, "")
    if before:
        kept = TrustedDevice.objects.filter(secret_digest=digest_of(before))
        kept.filter(user=user).delete()
        kept.update(secret_digest=digest_of(secret))
    moment = now()
    row = TrustedDevice.objects.create(
        user=user,
        secret_digest=digest_of(secret),
        created=moment,
        expires=moment + timedelta(days=days),
        address=address_of(request),
        device=device_of(request),
    )
    return row, secret


def hand_over(response: HttpResponse, secret: str) -> None:
    """Give the browser its secret."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=MOST_DAYS * 24 * 3600,
        secure=True,
        httponly=True,
        samesite="Lax",
    )


def days_of(trust: UUID | None) -> int:
    """Return for how many days a device was trusted; 0 for none."""
    row = TrustedDevice.objects.filter(pk=trust).first() if trust else None
    return (row.expires - row.created).days if row else 0


def end(user: UUID, trust: UUID) -> bool:
    """End one trust of an account; False when there is none of this id."""
    return TrustedDevice.objects.filter(user=user, pk=trust).delete()[0] == 1


def kept_of(user: UUID) -> list[TrustedDevice]:
    """List the trusts of an account whose time is not over, also where none holds."""
    rows = TrustedDevice.objects.filter(user=user, expires__gt=now())
    return list(rows.order_by("created", "id"))


def end_all_of(user: UUID) -> int:
    """End every trust of an account; return how many."""
    return TrustedDevice.objects.filter(user=user).delete()[0]


def end_all_in(organisation: UUID) -> int:
    """End every trust of the accounts that may enter an organisation; return how many."""
    return TrustedDevice.objects.filter(user__in=_of(organisation)).delete()[0]


def shorten_all_in(organisation: UUID, *, days: int) -> None:
    """Let fewer days hold for the trusts that stand."""
    for row in TrustedDevice.objects.filter(user__in=_of(organisation)):
        row.expires = min(row.expires, row.created + timedelta(days=days))
        row.save(update_fields=["expires"])


def count_in(organisation: UUID) -> int:
    """Count the trusts of the accounts that may enter an organisation."""
    return TrustedDevice.objects.filter(user__in=_of(organisation), expires__gt=now()).count()


def sweep() -> int:
    """Delete trusts whose days are over."""
    return TrustedDevice.objects.filter(expires__lte=now()).delete()[0]


def _allowed(user: User) -> tuple[int, datetime | None]:
    """Return the strictest of what the account's organisations say, and since when all do."""
    doors = Door.objects.filter(user=user, closed__isnull=True)
    said = [policy_of(one) for one in doors.values_list("organisation", flat=True)]
    days = min((days for days, _since in said), default=0)
    return days, max((since for _days, since in said if since is not None), default=None)


def _holds(row: TrustedDevice, days: int, since: datetime | None) -> bool:
    """Tell whether a trust is good: also one that was given in the moment it was switched off."""
    moment = now()
    is_in_time = moment < row.expires and moment < row.created + timedelta(days=days)
    return is_in_time and (since is None or row.created >= since)


def _of(organisation: UUID) -> list[UUID]:
    doors = Door.objects.filter(organisation=organisation, closed__isnull=True)
    return list(doors.values_list("user", flat=True))
