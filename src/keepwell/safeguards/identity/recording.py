"""What identity writes on the trail: sign-ins, failures, factors, endings.

An account may enter several organisations. What happens in a session goes to that session's
organisation; what happens to the account itself goes to each of them. An account that belongs to
none has no trail to write to: the log has the line.
"""

import logging
from collections.abc import Callable, Mapping
from uuid import UUID

from django.http import HttpRequest

from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.audit.errors import TrailUnavailable
from keepwell.safeguards.identity.events import IdentityKind
from keepwell.safeguards.identity.models import Door, SessionRecord, User
from keepwell.safeguards.identity.origin import address_of, device_of, request_id_of
from keepwell.safeguards.identity.sessions import Decision
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.safeguards.vault.errors import KeystoreUnavailable

log = logging.getLogger(__name__)
UNAVAILABLE = (TrailUnavailable, KeystoreUnavailable)
LATER = "keepwell.after_answer"
"""In the scope, where no header can put it: takes what the server does once the answer has left."""


def organisations_of(user: User) -> list[UUID]:
    """Return the organisations an account may enter."""
    doors = Door.objects.filter(user=user, closed__isnull=True).order_by("id")
    return list(doors.values_list("organisation", flat=True))


def account_event(
    request: HttpRequest,
    user: User,
    kind: IdentityKind,
    *,
    proven: bool,
    outcome: str = "success",
    detail: Mapping[str, str] | None = None,
) -> None:
    """Record something about an account in every organisation it may enter.

    `proven`: the account's own person did it. A failed sign-in was done by a visitor, *about* the
    account: an entry must never claim that Ada guessed at her own password. Such a failure opens
    nothing, so it is answered even when the trail is down: a 503 for known accounts alone would
    tell a stranger which addresses have one.
    """
    log.info("%s account=%s outcome=%s", kind, user.pk, outcome)
    for organisation in organisations_of(user):
        viewer = Viewer(
            kind=ViewerKind.MEMBER if proven else ViewerKind.VISITOR,
            organisation=organisation,
            actor=user.pk if proven else None,
            request=request_id_of(request),
            address=address_of(request),
            device=device_of(request),
        )
        about = ("identity.user", user.pk)
        try:
            _write(viewer, kind, about=about, outcome=outcome, detail=detail)
        except UNAVAILABLE:
            if proven:
                raise
            log.exception("%s account=%s is not on the trail", kind, user.pk)


def after_answer(request: HttpRequest, act: Callable[[], None]) -> None:
    """Do something once the answer has left, so that its time tells nobody anything.

    A kill in the seconds between loses it: only for what opened nothing and changed nothing.
    """
    later = request.META.get("asgi.scope", {}).get(LATER)
    if later is not None:
        later(act)
    else:
        request.after_answer = [*acts_after(request), act]  # type: ignore[attr-defined]


def acts_after(request: HttpRequest) -> list[Callable[[], None]]:
    """Return what a request without our server (a command, a test) has left to do afterwards."""
    return list(getattr(request, "after_answer", ()))


def session_event(
    request: HttpRequest,
    record: SessionRecord,
    kind: IdentityKind,
    *,
    by: ViewerKind = ViewerKind.MEMBER,
    detail: Mapping[str, str] | None = None,
) -> None:
    """Record the beginning or end of a session in the organisation it works in."""
    log.info("%s account=%s session=%s", kind, record.user_id, record.pk)
    if record.organisation is None:
        return
    viewer = Viewer(
        kind=by,
        organisation=record.organisation,
        actor=record.user_id if by is ViewerKind.MEMBER else None,
        session=record.pk,
        request=request_id_of(request),
        address=address_of(request),
        device=device_of(request),
    )
    about = ("identity.sessionrecord", record.pk)
    _write(viewer, kind, about=about, outcome="success", detail=detail)


def session_ran_out(request: HttpRequest, decision: Decision) -> None:
    """Record that a session was found past its time."""
    record = decision.ended_now
    if record is None:
        return
    because = {"because": decision.ending}
    try:
        session_event(
            request, record, IdentityKind.SESSION_END, by=ViewerKind.SYSTEM, detail=because
        )
    except UNAVAILABLE:  # it has ended all the same, and its person must reach the sign-in page
        log.exception("the end of session=%s is not on the trail", record.pk)


def _write(
    viewer: Viewer,
    kind: str,
    *,
    about: tuple[str, UUID],
    outcome: str,
    detail: Mapping[str, str] | None,
) -> None:
    subject = Subject(model=about[0], ids=(about[1],))
    record_now(viewer, kind, subjects=(subject,), outcome=outcome, detail=detail)
