"""Answers of the root itself: plain pages for requests that no view may see."""

from keepwell.config.framing import Header, Send
from keepwell.shell.middleware import HEADERS as SHELL_HEADERS

_SENTENCES = {
    400: ("This request cannot be read", "It is not clear where it ends or for whom it is."),
    408: ("This took too long", "The connection was too slow, so what was sent did not arrive."),
    411: ("This request does not say how long it is", "Such requests are not accepted here."),
    413: ("This is too large", "At most 2 MB can be sent at once. Choose a smaller file."),
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
