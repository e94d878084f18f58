"""What a request must look like before any view sees it, tried on a real server by raw sockets.

The first line of defence against request smuggling (OWASP ASVS 4.2.1), slow clients and floods.
"""

import json
import os
import socket
from dataclasses import dataclass

import pytest

from tests import http2
from tests.serving import PATIENCE_SECONDS, Served, read_to_end

LARGEST_BODY = 2_200_000
CHUNKED = b"Transfer-Encoding: chunked\r\n"
LENGTH_3 = b"Content-Length: 3\r\n"
ONE_CHUNK = b"3\r\nabc\r\n0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Watched:
    """A server, and where its log stood when the test began."""

    served: Served
    since: int

    def head(self, first: str, *headers: bytes) -> bytes:
        """Return the head of a request, whole."""
        lines = (
            f"{first} HTTP/1.1",
            f"Host: localhost:{self.served.port}",
            "Connection: close",
            "",
        )
        return "\r\n".join(lines).encode() + b"".join(headers) + b"\r\n"

    def ask(self, first: str, *headers: bytes, body: bytes = b"") -> bytes:
        """Send a request on a connection of its own and return the whole answer."""
        return self.served.ask(self.head(first, *headers) + body)

    def wait_for(self, text: str) -> dict[str, str]:
        """Return the first line of the log with this text."""
        found: dict[str, str] = json.loads(self.served.log.wait_for(text, since=self.since))
        return found

    def views_called(self) -> list[str]:
        """Return the method of every request that Django saw, up to one that marks the end."""
        self.ask("OPTIONS /the-end-of-this-test")
        self.served.log.wait_for('"method": "OPTIONS"', since=self.since)
        lines = [line for line in self.served.log.all()[self.since :] if line.startswith("{")]
        events = [json.loads(line) for line in lines]
        methods = [event["method"] for event in events if event["event"] == "request"]
        return methods[: methods.index("OPTIONS")]


@pytest.fixture
def watched(served: Served) -> Watched:
    """Look only at what the server says from here on, not what it still had to say."""
    beginning = Watched(served, len(served.log.all()))
    beginning.ask("OPTIONS /the-beginning-of-this-test")
    beginning.wait_for('"method": "OPTIONS"')
    return Watched(served, len(served.log.all()))


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def headers_of(answer: bytes) -> dict[str, str]:
    lines = answer.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}


def test_a_plain_request_reaches_a_view(watched: Watched) -> None:
    watched.ask("GET /nowhere")
    assert watched.views_called() == ["GET"]


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ((CHUNKED,), ONE_CHUNK, 411),
        ((LENGTH_3, CHUNKED), ONE_CHUNK, 411),
        ((CHUNKED, LENGTH_3), ONE_CHUNK, 411),
        ((b"Transfer-Encoding: gzip, chunked\r\n",), b"0\r\n\r\n", 411),
        ((b"Transfer-Encoding: xchunked\r\n", LENGTH_3), b"abc", 400),
        ((b"Transfer-Encoding : chunked\r\n", LENGTH_3), b"abc", 400),
        ((b"Host: elsewhere.example\r\n", LENGTH_3), b"abc", 400),
        ((LENGTH_3, b"Content-Length: 4\r\n"), b"abcd", 400),
        ((b"Content-Length: 3, 4\r\n",), b"abcd", 400),
        ((b"Content-Length: 3, 3\r\n",), b"abc", 400),
        ((LENGTH_3, LENGTH_3, b"Content-Length: 4\r\n"), b"abcd", 400),
        ((b"Content-Length: +3\r\n",), b"abc", 400),
        ((LENGTH_3, b"X-Folded: a\r\n b\r\n"), b"abc", 400),
    ],
)
def test_a_frame_that_two_readers_could_understand_differently_reaches_no_view(
    watched: Watched, headers: tuple[bytes, ...], body: bytes, status: int
) -> None:
    assert status_of(watched.ask("POST /", *headers, body=body)) == status
    assert watched.views_called() == []


@pytest.mark.parametrize("again", [LENGTH_3, b"content-length: 003\r\n"])
def test_a_length_said_twice_alike_is_one_length(watched: Watched, again: bytes) -> None:
    """Granian merges them before we see them (docs/decisions/0011)."""
    host = b"Host: localhost:%d\r\n" % watched.served.port
    first = b"GET /nowhere HTTP/1.1\r\n" + host + LENGTH_3 + again + b"\r\nabc"
    answer = watched.served.ask(first + watched.head("HEAD /after"))
    assert [status_of(b"HTTP/1.1 " + each) for each in answer.split(b"HTTP/1.1 ")[1:]] == [404, 404]
    assert watched.views_called() == ["GET", "HEAD"]


def test_a_request_hidden_behind_a_chunked_body_is_not_answered(watched: Watched) -> None:
    host = b"Host: localhost:%d\r\n" % watched.served.port
    outer = b"POST / HTTP/1.1\r\n" + host + b"Content-Length: 5\r\n" + CHUNKED + b"\r\n0\r\n\r\n"
    answer = watched.served.ask(outer + watched.head("GET /hidden"))
    assert answer.count(b"HTTP/1.1 ") <= 2
    assert status_of(answer) == 411
    assert "POST" not in watched.views_called()


def test_a_body_of_two_megabytes_is_read_and_one_byte_more_is_refused(watched: Watched) -> None:
    for size, status in ((LARGEST_BODY, 404), (LARGEST_BODY + 1, 413)):
        length = b"Content-Length: %d\r\n" % size
        assert status_of(watched.ask("GET /nowhere", length, body=b"a" * size)) == status
    assert watched.views_called() == ["GET"]


def test_a_body_that_claims_to_be_enormous_is_refused_unread(watched: Watched) -> None:
    answer = watched.ask("POST /", b"Content-Length: 99999999999\r\n", body=b"a")
    assert status_of(answer) == 413
    assert watched.views_called() == []


def test_half_a_body_calls_no_view(watched: Watched) -> None:
    with watched.served.connect() as connection:
        connection.sendall(watched.head("POST /", b"Content-Length: 100\r\n") + b"half")
    watched.wait_for('"client_left"')
    assert watched.views_called() == []


def test_a_header_of_32_kib_ends_the_connection(watched: Watched) -> None:
    answer = watched.ask("GET /", b"X-Large: " + b"a" * 32 * 1024 + b"\r\n")
    assert not answer or status_of(answer) == 431
    assert watched.views_called() == []


def test_a_header_that_never_ends_ends_the_connection(watched: Watched) -> None:
    with watched.served.connect() as connection:
        connection.sendall(watched.head("GET /")[:-2])
        assert read_to_end(connection) == b""
    assert watched.views_called() == []


def test_a_forwarded_address_is_not_believed_under_any_spelling(watched: Watched) -> None:
    watched.ask("GET /", b"X_Forwarded_For: 192.0.2.1\r\n", b"X-Forwarded-For: 192.0.2.2\r\n")
    assert watched.wait_for('"event": "request"')["address"] == "127.0.0.1"


def test_a_refusal_carries_the_headers_of_every_page(watched: Watched) -> None:
    page = headers_of(watched.ask("GET /nowhere"))
    refusal = headers_of(watched.ask("POST /", CHUNKED))
    common = ("cache-control", "cross-origin", "permissions", "referrer", "strict-transport", "x-")
    expected = {name: value for name, value in page.items() if name.startswith(common)}
    assert {"cache-control", "strict-transport-security", "x-frame-options"} <= set(expected)
    assert {name: refusal.get(name) for name in expected} == expected
    assert "default-src 'none'" in refusal["content-security-policy"]
    assert "frame-ancestors 'none'" in refusal["content-security-policy"]


def test_head_is_answered_with_a_length_and_no_body(watched: Watched) -> None:
    answer = watched.ask("HEAD /nowhere")
    assert status_of(answer) == 404
    assert answer.endswith(b"\r\n\r\n")
    assert int(headers_of(answer)["content-length"]) > 0


def test_clear_text_is_not_spoken(watched: Watched) -> None:
    assert not _plain(watched, watched.head("GET /")).startswith(b"HTTP/")


def test_tls_1_1_is_refused(watched: Watched) -> None:
    hello = b"\x03\x02" + os.urandom(32) + b"\x00" + b"\x00\x02\x00\x2f" + b"\x01\x00"
    handshake = b"\x01" + len(hello).to_bytes(3, "big") + hello
    answer = _plain(watched, b"\x16\x03\x01" + len(handshake).to_bytes(2, "big") + handshake)
    assert answer[:1] in (b"", b"\x15"), "not an alert (RFC 5246 7.2): the handshake went on"


def _plain(watched: Watched, sent: bytes) -> bytes:
    address = ("127.0.0.1", watched.served.port)
    with socket.create_connection(address, timeout=PATIENCE_SECONDS) as connection:
        connection.sendall(sent)
        try:
            return connection.recv(1000)
        except ConnectionResetError:
            return b""


def test_http_2_is_answered(watched: Watched) -> None:
    assert _http2(watched, "GET", ()).startswith(http2.STATUS_404)
    assert _http2(watched, "HEAD", ()).startswith(http2.STATUS_404)
    assert watched.views_called() == ["GET", "HEAD"]


def test_http_2_with_two_hosts_reaches_no_view(watched: Watched) -> None:
    hosts = (("host", f"localhost:{watched.served.port}"), ("host", "elsewhere.example"))
    answer = _http2(watched, "GET", hosts)
    assert not answer or answer.startswith(http2.STATUS_400)
    assert watched.views_called() == []


@pytest.mark.parametrize("lengths", [("0", "0"), ("0", "1"), ("0, 0",)])
def test_http_2_with_more_than_one_length_reaches_no_view(
    watched: Watched, lengths: tuple[str, ...]
) -> None:
    answer = _http2(watched, "GET", tuple(("content-length", length) for length in lengths))
    assert not answer or answer.startswith(http2.STATUS_400)
    assert watched.views_called() == []


def _http2(watched: Watched, method: str, more: tuple[tuple[str, str], ...]) -> bytes:
    return http2.ask(watched.served, "/nowhere", method=method, more=more)
