"""What is promised for later is done after the answer's last message, whatever becomes of both."""

import asyncio
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import Mock
from urllib.parse import urlencode

import pytest
from a2wsgi import WSGIMiddleware
from django.db import connections
from pytest_django import Settings

from keepwell.config import afterwards, background, framing, lifespan, worker
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.entries import SealedEntry
from keepwell.safeguards.identity import recording
from tests.pages import with_plain_static_files
from tests.people import make_clinic
from tests.remote import CSRF_COOKIE
from tests.stores.session import Stores

TOKEN = "a" * 32
NO_PAGE = ["http.response.start", "http.response.body"]
WHOLE = [*NO_PAGE, "http.response.body"]
SECRET = "Pat Winters"
Act = Callable[[], None]
Instead = Callable[[Any], None]


def scope_of(method: str = "GET", path: str = "/", headers: Sequence[Any] = ()) -> dict[str, Any]:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "query_string": b"",
        "scheme": "https",
        "client": ("198.51.100.7", 50000),
        "server": ("localhost", 443),
        "headers": [(b"host", b"localhost"), *headers],
    }


@dataclass
class Root:
    """The root with one thread for Django, and what was seen of its answers."""

    module: Any
    seen: list[str] = field(default_factory=list)

    async def ask(self, scope: dict[str, Any], body: bytes = b"") -> None:
        """Ask and note each message of the answer."""

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            self.seen.append(message["type"])

        await self.module.application(scope, receive, send)

    def ask_to_the_end(self, scope: dict[str, Any], body: bytes = b"") -> None:
        """Ask, and wait for what was promised."""

        async def ask() -> None:
            await self.ask(scope, body)
            await afterwards.all_done()

        asyncio.run(ask())

    def note(self, what: str) -> Act:
        """Return what notes this when it is called."""
        return lambda: self.seen.append(what)


def guess(email: str) -> tuple[dict[str, Any], bytes]:
    typed = {"email": email, "password": "some password", "csrfmiddlewaretoken": TOKEN}
    body = urlencode(typed).encode()
    headers = [
        (b"content-type", b"application/x-www-form-urlencoded"),
        (b"content-length", str(len(body)).encode()),
        (b"origin", b"https://localhost"),
        (b"cookie", f"{CSRF_COOKIE}={TOKEN}".encode()),
    ]
    return scope_of("POST", "/sign-in/", headers), body


class Pieces(list[bytes]):
    """An answer's pieces, which says when it is closed."""

    def __init__(self, closed: Act, *pieces: bytes) -> None:
        super().__init__(pieces)
        self.close = closed


def promising(*acts: Act, closed: Act = lambda: None) -> Callable[..., Pieces]:
    """Return what stands in for Django: a page that leaves something to do."""

    def answer(environ: dict[str, Any], start_response: Any) -> Pieces:
        for act in acts:
            environ["asgi.scope"][recording.LATER](act)
        start_response("200 OK", [])
        return Pieces(closed, b"page")

    return answer


@pytest.fixture
def root(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Root]:
    """Let Django work in a thread whose connections can be closed again."""
    with_plain_static_files(settings, tmp_path)
    from keepwell.config import asgi  # noqa: PLC0415  needs the settings

    django: Any = WSGIMiddleware(asgi._whole, workers=1)
    monkeypatch.setattr(asgi, "_django", django)
    yield Root(asgi)
    django.executor.submit(connections.close_all).result()
    django.executor.shutdown()


@pytest.fixture
def instead(root: Root, monkeypatch: pytest.MonkeyPatch) -> Instead:
    """Put something in the place of Django."""
    return lambda answer: monkeypatch.setattr(root.module, "django_application", answer)


def test_of_a_known_address_nothing_is_written_before_the_answer_has_left(
    stores: Stores, root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, submit = make_clinic("Ashgrove Clinic", "Ada").owner, writer.submit

    def submitting(entry: SealedEntry) -> None:
        submit(entry)
        root.seen.append(entry.kind)

    monkeypatch.setattr(writer, "submit", submitting)
    for email in ("nobody@example.org", owner.email):
        root.ask_to_the_end(*guess(email))
    assert root.seen == [*WHOLE, *WHOLE, "identity:password:fail"]


def test_pieces_are_closed_before_and_promises_kept_after(root: Root, instead: Instead) -> None:
    instead(promising(root.note("done"), closed=root.note("closed")))
    root.ask_to_the_end(scope_of())
    assert sorted(root.seen) == sorted(["closed", *WHOLE, "done"])
    assert root.seen.index("closed") < root.seen.index("http.response.body")
    assert root.seen[-1] == "done"


def test_pieces_that_break_are_closed_and_promises_kept(root: Root, instead: Instead) -> None:
    class Broken(Pieces):
        def __iter__(self) -> Iterator[bytes]:
            raise OSError(SECRET)

    def answer(environ: dict[str, Any], _start_response: Any) -> Pieces:
        environ["asgi.scope"][recording.LATER](root.note("done"))
        return Broken(root.note("closed"))

    instead(answer)
    root.ask_to_the_end(scope_of())
    assert root.seen == ["closed", *NO_PAGE, "done"]


def test_a_client_that_leaves_stops_nothing(root: Root, instead: Instead) -> None:
    instead(promising(root.note("done")))

    async def send(_message: dict[str, Any]) -> None:
        raise ConnectionResetError

    async def leave() -> None:
        await root.module._view(scope_of(), framing.replayed(b""), send)
        await afterwards.all_done()

    asyncio.run(leave())
    assert root.seen == ["done"]


def test_a_view_whose_request_was_given_up_keeps_its_promise(root: Root, instead: Instead) -> None:
    is_in_view, given_up = threading.Event(), threading.Event()

    def answer(environ: dict[str, Any], _start_response: Any) -> list[bytes]:
        is_in_view.set()
        given_up.wait()
        environ["asgi.scope"][recording.LATER](root.note("done"))
        return []

    async def give_up() -> None:
        asked = asyncio.create_task(root.ask(scope_of()))
        await asyncio.to_thread(is_in_view.wait)
        asked.cancel()
        await asyncio.wait([asked])
        given_up.set()
        pool = root.module._django.executor
        await asyncio.wrap_future(pool.submit(lambda: None))  # its turn is after the view's
        await afterwards.all_done()

    instead(answer)
    asyncio.run(give_up())
    assert root.seen == ["done"]


def test_what_fails_is_logged_without_its_words_and_the_next_is_done(
    root: Root, instead: Instead, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise ValueError(SECRET)

    instead(promising(fail, root.note("done")))
    root.ask_to_the_end(scope_of())
    said = capsys.readouterr().err
    assert root.seen == [*WHOLE, "done"]
    assert "after_answer_failed" in said
    assert "builtins.ValueError" in said
    assert SECRET not in said


@pytest.mark.parametrize(("others", "seconds"), [(0, 1.0), (1, 0.5), (3, 0.25)])
def test_the_moment_is_drawn_and_of_many_each_waits_for_less(
    root: Root,
    instead: Instead,
    monkeypatch: pytest.MonkeyPatch,
    others: int,
    seconds: float,
) -> None:
    hurry = Mock()
    monkeypatch.setattr(afterwards, "_hurry", hurry)
    monkeypatch.setattr(afterwards, "_waiting", {root.note("other") for _ in range(others)})
    monkeypatch.setattr(secrets, "randbelow", lambda most: most // 2)
    instead(promising(root.note("done")))
    root.ask_to_the_end(scope_of())
    hurry.wait.assert_called_once_with(seconds)


def test_more_than_memory_should_hold_are_left_out_and_it_is_said(
    root: Root,
    instead: Instead,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(afterwards, "MOST_WAITING", 1)
    monkeypatch.setattr(secrets, "randbelow", lambda most: most - 1)
    instead(promising(root.note("first"), root.note("second")))
    root.ask_to_the_end(scope_of())
    assert root.seen == [*WHOLE, "first"]
    assert capsys.readouterr().err.count("after_answer_left_out") == 1


def test_a_worker_that_ends_does_first_what_was_promised(
    root: Root, instead: Instead, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "settle", lambda: None)
    monkeypatch.setattr(background, "start", lambda: None)
    monkeypatch.setattr(background, "stop", root.note("stopped"))
    instead(promising(root.note("done")))
    is_begun: list[bool] = []

    async def receive() -> dict[str, Any]:
        if is_begun:
            await root.ask(scope_of())
        is_begun.append(True)
        return {}

    async def send(_message: dict[str, Any]) -> None:
        pass

    asyncio.run(lifespan.follow(receive, send))
    assert root.seen == [*WHOLE, "done", "stopped"]
