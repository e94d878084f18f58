"""The frame of a request: what HTTP itself may carry before any of our code believes it.

Two readers that disagree about where a request ends are how one is smuggled behind another (OWASP
ASVS 4.2.1). Granian drops a Content-Length that stands beside Transfer-Encoding, so every encoded
body is refused; our own pages, and browsers, always say the length. On HTTP/1.1 it merges lengths
that are said twice alike before we see them (docs/decisions/0011).
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

Header = tuple[bytes, bytes]
Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

BODY_BYTES = 2_200_000  # a file of 2 MiB and the multipart frame around it
BODY_SECONDS = 30
# A browser that is cut off while it sends shows no page: so much of an oversize body is read away.
DISCARDED_BYTES = 16_000_000


class FrameRefused(Exception):  # noqa: N818  names the fact
    """This request is not answered by any view."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


class BodyRefused(FrameRefused):
    """The head could be believed; the body is too large or too slow, and nobody reads it."""


class ClientGone(Exception):  # noqa: N818  names the fact
    """The client left before its request was whole."""


def check_headers(scope: Scope) -> None:
    """Refuse a request whose headers two readers could understand differently."""
    count = Counter(name for name, _ in scope["headers"])
    if count[b"transfer-encoding"]:
        raise FrameRefused(411, "chunked")
    if count[b"host"] > 1:
        raise FrameRefused(400, "doubled_host")
    if count[b"content-length"] > 1:
        raise FrameRefused(400, "doubled_length")
    if not scope["query_string"].isascii():
        raise FrameRefused(400, "query_not_ascii")


def declared_length(headers: Iterable[Header]) -> int | None:
    """Return what Content-Length says, or None; RFC 9110 8.6 allows digits and nothing else."""
    for name, value in headers:
        if name == b"content-length":
            if not value.isdigit():
                raise FrameRefused(400, "length_not_a_number")
            return int(value)
    return None


async def read_body(scope: Scope, receive: Receive) -> bytes:
    """Return the whole body; refuse one that is too large, too slow or shorter than it said."""
    length = declared_length(scope["headers"])
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await _collect(receive, length)
    except TimeoutError as error:
        raise BodyRefused(408, "body_slow") from error
    if length is not None and len(body) != length:
        raise ClientGone
    return body


async def _collect(receive: Receive, length: int | None) -> bytes:
    if length is not None and length > DISCARDED_BYTES:
        raise BodyRefused(413, "body_large")
    body, seen, more = bytearray(), 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece, more = message.get("body", b""), message.get("more_body", False)
        seen += len(piece)
        if seen > DISCARDED_BYTES:
            break
        if seen <= BODY_BYTES:
            body += piece
    if seen > BODY_BYTES:
        raise BodyRefused(413, "body_large")
    return bytes(body)


def replayed(body: bytes) -> Receive:
    """Return a `receive` that hands over this body once: a coroutine, which a2wsgi needs."""
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    return receive


def sized(scope: Scope, body: bytes) -> Scope:
    """Return the scope with the true length: HTTP/2 may say none, and Django reads no further."""
    headers = [header for header in scope["headers"] if header[0] != b"content-length"]
    if body or len(headers) != len(scope["headers"]):
        headers.append((b"content-length", str(len(body)).encode()))
    return {**scope, "headers": with_one_cookie_line(headers)}


def with_one_cookie_line(headers: list[Header]) -> list[Header]:
    """Join a cookie header that HTTP/2 sent in pieces (RFC 9113 8.2.3).

    Browsers send one piece per cookie; a2wsgi would join them by commas, and only the first
    cookie would be read.
    """
    pieces = [value for name, value in headers if name == b"cookie"]
    if len(pieces) < 2:
        return headers
    others = [header for header in headers if header[0] != b"cookie"]
    return [*others, (b"cookie", b"; ".join(pieces))]
