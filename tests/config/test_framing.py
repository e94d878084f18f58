"""The frame of a request, decided without a server: sizes, lengths and those who leave."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from keepwell.config import framing
from keepwell.config.framing import ClientGone, FrameRefused, Message


def run(work: Coroutine[Any, Any, bytes]) -> bytes:
    return asyncio.run(work)


def receiving(*messages: Message) -> framing.Receive:
    waiting = list(messages)

    async def receive() -> Message:
        return waiting.pop(0)

    return receive


def piece(body: bytes, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def scope(*headers: tuple[bytes, bytes], query: bytes = b"") -> framing.Scope:
    return {"headers": list(headers), "query_string": query}


def test_pieces_become_one_body() -> None:
    receive = receiving(piece(b"ab"), piece(b"cd"), piece(b"", more=False))
    assert run(framing.read_body(scope((b"content-length", b"4")), receive)) == b"abcd"


def test_a_body_without_a_length_is_read_too() -> None:
    assert run(framing.read_body(scope(), receiving(piece(b"ab", more=False)))) == b"ab"


def test_a_body_shorter_than_it_said_is_half_a_body() -> None:
    receive = receiving(piece(b"ab", more=False))
    with pytest.raises(ClientGone):
        run(framing.read_body(scope((b"content-length", b"4")), receive))


def test_a_client_that_leaves_is_noticed() -> None:
    receive = receiving(piece(b"ab"), {"type": "http.disconnect"})
    with pytest.raises(ClientGone):
        run(framing.read_body(scope((b"content-length", b"4")), receive))


def test_an_oversize_body_is_read_away_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "BODY_BYTES", 3)
    monkeypatch.setattr(framing, "DISCARDED_BYTES", 6)
    for pieces in (3, 10):  # the second is never asked for whole
        receive = receiving(*[piece(b"ab")] * pieces, piece(b"", more=False))
        with pytest.raises(FrameRefused) as refused:
            run(framing.read_body(scope(), receive))
        assert refused.value.status == 413


def test_a_slow_body_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "BODY_SECONDS", 0)

    async def never() -> Message:
        return await asyncio.Event().wait()  # type: ignore[return-value]  # it does not return

    with pytest.raises(FrameRefused) as refused:
        run(framing.read_body(scope(), never))
    assert refused.value.status == 408


@pytest.mark.parametrize("length", [b"+3", b"-3", b"3,3", b"0x3", b"", b" 3", "٣".encode()])
def test_a_length_is_digits_and_nothing_else(length: bytes) -> None:
    with pytest.raises(FrameRefused):
        framing.declared_length([(b"content-length", length)])


def test_a_query_that_is_not_ascii_is_refused() -> None:
    with pytest.raises(FrameRefused):
        framing.check_headers(scope(query=b"a=\xff"))


def test_django_is_told_the_true_length() -> None:
    told = framing.sized(scope((b"content-length", b"9"), (b"accept", b"*/*")), b"ab")
    assert told["headers"] == [(b"accept", b"*/*"), (b"content-length", b"2")]
    assert framing.sized(scope(), b"")["headers"] == []
