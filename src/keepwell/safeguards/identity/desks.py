"""Desks that several people share: who made room for a colleague at a browser, and may be back.

A desk is a list of names on the server and a random handle in the browser. The handle opens
nothing: it shows names, and each of them still gives everything that signing in asks for. A desk
belongs to one organisation, so that nobody's name is shown to those of another.
"""

import secrets
from datetime import timedelta
from uuid import UUID

from django.db import models, transaction
from django.http import HttpRequest, HttpResponse

from keepwell.safeguards.identity.models import Desk, Seat
from keepwell.safeguards.identity.sessions import digest_of
from keepwell.toolkit.clock import now

COOKIE = "__Host-keepwell-desk"
LASTS = timedelta(hours=12)
MOST = 8
"""Names at a desk; whoever left it longest ago makes room."""
LONGEST_PAGE = 200
HANDLE_BYTES = 32


def of(request: HttpRequest) -> Desk | None:
    """Return the desk of this browser, if its handle is one of ours and not replaced."""
    handle = request.COOKIES.get(COOKIE, "")
    return Desk.objects.filter(handle_digest=digest_of(handle)).first() if handle else None


def seats_at(desk: Desk) -> list[Seat]:
    """List who may be back, in the order of names."""
    seats = _standing(Seat.objects.filter(desk=desk)).select_related("user")
    return sorted(seats, key=lambda seat: (seat.user.name.casefold(), seat.pk))


def keep_seat(request: HttpRequest, *, user: UUID, organisation: UUID, page: str) -> str:
    """Keep somebody's name at this browser's desk; return its new handle, the old one is no more.

    A desk of another organisation is left behind with its names: this one begins empty.
    """
    handle = secrets.token_urlsafe(HANDLE_BYTES)
    digest, kept = digest_of(handle), page if len(page) <= LONGEST_PAGE else ""
    with transaction.atomic():
        desk = of(request)
        if desk is not None and desk.organisation != organisation:
            desk.delete()
            desk = None
        desk = desk or Desk(organisation=organisation)
        desk.handle_digest, desk.chosen = digest, None
        desk.save()
        said = {"page": kept, "left": now()}
        Seat.objects.update_or_create(desk=desk, user_id=user, defaults=said)
        latest = Seat.objects.filter(desk=desk).order_by("-left", "-id")
        for pk in latest.values_list("pk", flat=True)[MOST:]:
            Seat.objects.filter(pk=pk).delete()
    return handle


def hand_over(response: HttpResponse, handle: str) -> None:
    """Give the browser its desk's handle."""
    seconds = int(LASTS.total_seconds())
    response.set_cookie(COOKIE, handle, max_age=seconds, secure=True, httponly=True, samesite="Lax")


def choose(desk: Desk, seat: Seat) -> None:
    """Note whose name was pressed: the next page asks for this one's password."""
    Desk.objects.filter(pk=desk.pk).update(chosen=seat.pk)


def take_seat(request: HttpRequest, *, user: UUID, organisation: UUID) -> str:
    """Return the page that somebody who is back had left here; nothing the second time."""
    desk = of(request)
    if desk is None or desk.organisation != organisation:
        return ""
    seat = _standing(Seat.objects.filter(desk=desk, user=user)).first()
    if seat is None:
        return ""
    Seat.objects.filter(pk=seat.pk).update(page="")
    return seat.page


def forget(request: HttpRequest, response: HttpResponse) -> None:
    """Forget every name at this browser."""
    Desk.objects.filter(handle_digest=digest_of(request.COOKIES.get(COOKIE, ""))).delete()
    response.delete_cookie(COOKIE, samesite="Lax")
    response.cookies[COOKIE]["secure"] = True  # else browsers refuse a name of this prefix


def forget_here(request: HttpRequest, user: UUID) -> None:
    """Forget one name at this browser: its person has signed out."""
    desk = of(request)
    if desk is not None:
        Seat.objects.filter(desk=desk, user=user).delete()


def forget_everywhere(user: UUID) -> None:
    """Forget one name at every desk: its password or second step is another now."""
    Seat.objects.filter(user=user).delete()


def forget_in(organisation: UUID, user: UUID) -> None:
    """Forget one name at an organisation's desks: its person works there no more."""
    Seat.objects.filter(user=user, desk__organisation=organisation).delete()


def forget_all_in(organisation: UUID) -> None:
    """Forget an organisation's desks."""
    Desk.objects.filter(organisation=organisation).delete()


def sweep() -> None:
    """Delete names whose time is over, and desks without any."""
    Seat.objects.filter(left__lte=now() - LASTS).delete()
    Desk.objects.filter(seats__isnull=True).delete()


def _standing(seats: models.QuerySet[Seat]) -> models.QuerySet[Seat]:
    return seats.filter(left__gt=now() - LASTS, user__is_active=True)
