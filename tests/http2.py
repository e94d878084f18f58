"""As much of HTTP/2 as one request needs, written by hand: no client may tidy it up."""

from tests.serving import Served

# The first byte of a header block is the status, by RFC 7541's static table.
STATUS_200, STATUS_404, STATUS_400 = b"\x88", b"\x8d", b"\x8c"
Headers = tuple[tuple[str, str], ...]


def ask(
    served: Served, path: str, *, method: str = "GET", host: str = "", more: Headers = ()
) -> bytes:
    """Ask one thing and return the header block of the answer, or nothing."""
    headers = (
        (":method", method),
        (":scheme", "https"),
        (":authority", host or f"localhost:{served.port}"),
        (":path", path),
        *more,
    )
    block = b"".join(b"\x00" + _literal(name) + _literal(value) for name, value in headers)
    opening = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + _frame(4, 0, 0, b"")
    with served.connect("h2") as connection:
        connection.sendall(opening + _frame(1, 0b101, 1, block))  # END_HEADERS | END_STREAM
        reader = connection.makefile("rb")
        while start := reader.read(9):
            payload = reader.read(int.from_bytes(start[:3], "big"))
            if start[3] == 1:
                return payload
            if start[3] in (3, 7):  # RST_STREAM, GOAWAY
                return b""
    return b""


def _literal(text: str) -> bytes:
    return bytes([len(text)]) + text.encode()


def _frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return (
        len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload
    )
