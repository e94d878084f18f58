"""Answers of the root itself, to requests that no view may see.

A request whose head cannot be trusted gets a plain page. One that is only too large or too slow is
known by its address, so its page is made like any other error page: a patient's names the clinic.
"""

from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from keepwell.config.framing import Header, Send
from keepwell.shell import errors
from keepwell.shell.middleware import HEADERS as SHELL_HEADERS
from keepwell.shell.middleware import SecurityHeadersMiddleware

_SENTENCES = {
    400: ("This request cannot be read", "It is not clear where it ends or for whom it is."),
    411: ("This request does not say how long it is", "Such requests are not accepted here."),
    500: ("Something went wrong here", "The people who run this service can see it in their log."),
}
_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title></head>
<body><main><h1>{title}</h1>
<p>{sentence} Nothing was saved or changed by it.</p>
<p>Go back and try again. If it happens again, call the clinic.</p></main></body>
</html>
"""
_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_OWN = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _POLICY,  # there is not even a style sheet to allow
    "Content-Type": "text/html; charset=utf-8",
    "X-Frame-Options": "DENY",
}
HEADERS: tuple[Header, ...] = tuple(
    (name.lower().encode(), value.encode()) for name, value in {**SHELL_HEADERS, **_OWN}.items()
)


def page(status: int) -> bytes:
    """Return the page that says what happened and what was kept."""
    title, sentence = _SENTENCES[status]
    return _PAGE.format(title=title, sentence=sentence).encode()


async def send_page(status: int, send: Send) -> None:
    """Send the page and end the answer."""
    body = page(status)
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*HEADERS, length]})
    await send({"type": "http.response.body", "body": body, "more_body": False})


REFUSED = "keepwell.refused"  # in the scope: no header can put it there


def is_refused(environ: dict[str, Any]) -> bool:
    """Say whether the root has refused this request and only its page is wanted."""
    return REFUSED in environ.get("asgi.scope", {})


class RefusalPages(WSGIHandler):
    """Django's handler without routes, middleware and views: each answer is a refusal's page."""

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: FBT001, FBT002  Django's
        """Load none."""

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        """Make the page from the address alone; there is no body to read."""
        assert isinstance(request, WSGIRequest)  # noqa: S101  for the type checker
        status = request.environ["asgi.scope"][REFUSED]
        return SecurityHeadersMiddleware(lambda asked: errors.page(asked, status))(request)
