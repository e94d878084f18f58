"""HTTP/2 sends cookies in pieces; Django must see every one."""

from keepwell.config.framing import sized, with_one_cookie_line


def test_cookies_sent_in_pieces_are_one_line_again() -> None:
    headers = [(b"cookie", b"a=1"), (b"host", b"localhost"), (b"cookie", b"b=2")]
    joined = [(b"host", b"localhost"), (b"cookie", b"a=1; b=2")]
    assert with_one_cookie_line(headers) == joined
    assert sized({"headers": headers}, b"")["headers"] == joined


def test_one_cookie_line_stays_as_it_is() -> None:
    headers = [(b"cookie", b"a=1; b=2"), (b"host", b"localhost")]
    assert with_one_cookie_line(headers) == headers
