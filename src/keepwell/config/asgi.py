"""The ASGI root: frame, size and sender of every request, then Django in threads (design.md)."""

from collections.abc import Iterable
from typing import Any

import structlog
from a2wsgi import WSGIMiddleware
from django.conf import settings

from keepwell.config import afterwards, forwarding, framing, lifespan, plainpages, worker
from keepwell.config.wsgi import application as django_application
from keepwell.shell import doors

DJANGO_THREADS = 16
_refusal_pages = plainpages.RefusalPages()
_log = structlog.get_logger("keepwell.server")


def _whole(environ: Any, start_response: Any) -> Iterable[bytes]:
    """Give Django's answer as one piece, so that no thread waits for a slow reader.

    HEAD gets no piece: Granian would send it, and a browser ends an HTTP/2 connection over that.
    The pieces are closed before: what must wait until the answer has left is promised `afterwards`.
    """
    answer = _refusal_pages if plainpages.is_refused(environ) else django_application
    pieces = answer(environ, start_response)
    try:
        body = b"".join(pieces)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
    finally:
        getattr(pieces, "close", lambda: None)()


_django: Any = WSGIMiddleware(_whole, workers=DJANGO_THREADS)  # its types know no plain dict


async def application(scope: framing.Scope, receive: framing.Receive, send: framing.Send) -> None:
    """Answer one request, or follow the worker's life."""
    if scope["type"] == "lifespan":
        await lifespan.follow(receive, send)
    elif scope["type"] == "http":
        known = forwarding.believed(scope, settings.KEEPWELL_PROXIES)
        await _answer(known, receive, worker.saying_goodbye(known, send))


async def at_patients_door(
    scope: framing.Scope, receive: framing.Receive, send: framing.Send
) -> None:
    """Answer one request that came in by the listener of patients' pages alone."""
    await application(doors.entered(scope, doors.Door.PATIENTS), receive, send)


async def at_staff_door(scope: framing.Scope, receive: framing.Receive, send: framing.Send) -> None:
    """Answer one request that came in by the listener of staff pages alone."""
    await application(doors.entered(scope, doors.Door.STAFF), receive, send)


async def _answer(scope: framing.Scope, receive: framing.Receive, send: framing.Send) -> None:
    try:
        framing.check_headers(scope)
        body = await framing.read_body(scope, receive)
    except framing.FrameRefused as refusal:
        _log.warning("request_refused", code=refusal.code, status=refusal.status, **_who(scope))
        await _refuse(refusal, scope, send)
    except framing.ClientGone:
        _log.info("client_left", **_who(scope))
    else:
        with worker.on_its_way():
            await _view(framing.sized(scope, body), framing.replayed(body), send)


async def _refuse(refusal: framing.FrameRefused, scope: framing.Scope, send: framing.Send) -> None:
    if not isinstance(refusal, framing.BodyRefused):
        await plainpages.send_page(refusal.status, send)
        return
    bodiless = framing.sized({**scope, plainpages.REFUSED: refusal.status}, b"")
    with worker.on_its_way():
        await _view(bodiless, framing.replayed(b""), send)


async def _view(scope: framing.Scope, receive: framing.Receive, send: framing.Send) -> None:
    """Let Django answer; what it could not even turn into its own error page gets ours."""
    begun = False

    async def noting(message: framing.Message) -> None:
        nonlocal begun
        begun = True
        await send(message)

    try:
        with afterwards.promised(scope) as promised:
            await _django(promised, receive, noting)
    except Exception:
        _log.exception("failed_outside_views", **_who(scope))
        if not begun:
            await plainpages.send_page(500, send)


def _who(scope: framing.Scope) -> dict[str, str]:
    return {"address": scope["client"][0], "method": scope["method"]}
