"""A store goes away under a real server: 503 and no plaintext, and all is well when it is back."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.installed import Installed, installed
from tests.products.forms.pages.patients import Patient, reference_in
from tests.remote import Answer, Remote, patient, staff
from tests.serving import Demo, installation
from tests.stores.scale import ScaleStores
from tests.stores.session import Stores

NAME, STORY = "Pat Halfway", "It hurts when I laugh"
MOST_PAGES = 20
REST = {
    "What brings you to us?": STORY,
    "Are you in pain?": "no",
    "Do you have any allergies?": "no",
    "Do you take any medicines?": "no",
    "Do you agree?": "yes",
}
OURS = ("Pat Winters", "Rosa Delgado", "Tomasz Nowak", "Imani Brooks", NAME, STORY)
END_CONNECTIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = %s AND usename = 'keepwell_app'
"""


@dataclass(frozen=True)
class Scene:
    """A served demonstration, Ada signed in, Pat half-way through the form."""

    place: Installed
    demo: Demo
    ada: Remote
    pat: Patient

    @contextmanager
    def without(self, store: str) -> Iterator[None]:
        """Take a store away; a worker may hold connections to it."""
        with _refused(self.place, store) if self.place.databases else _moved(self.place, store):
            yield

    @contextmanager
    def without_anywhere(self, store: str) -> Iterator[None]:
        """Take a store away, for a worker that holds nothing in memory and no connection."""
        with self.without(store):
            os.kill(self.demo.served.worker(), signal.SIGKILL)
            yield


@contextmanager
def _refused(place: Installed, store: str) -> Iterator[None]:
    assert isinstance(place.stores, ScaleStores)
    name = place.databases[store]
    with place.stores.superuser("postgres") as server:
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        server.execute(END_CONNECTIONS, [name])
        try:
            yield
        finally:
            server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


@contextmanager
def _moved(place: Installed, store: str) -> Iterator[None]:
    """Move a file with its logs away; nothing may be made in its place."""
    moved = _move_away(place, store)
    try:
        yield
        assert list(place.home.glob(f"{store}.sqlite3*")) == []
    finally:
        _move_back(moved)


@contextmanager
def _replaced(place: Installed, store: str) -> Iterator[None]:
    """Put an empty file in the place of a store."""
    moved = _move_away(place, store)
    standing = place.home / f"{store}.sqlite3"
    standing.touch(mode=0o600)
    try:
        yield
    finally:
        for path in place.home.glob(f"{store}.sqlite3*"):
            path.unlink()
        _move_back(moved)


def _move_away(place: Installed, store: str) -> dict[Path, Path]:
    moved = {
        path: path.with_name(f"away-{path.name}") for path in place.home.glob(f"{store}.sqlite3*")
    }
    for path, away in moved.items():
        path.rename(away)
    return moved


def _move_back(moved: dict[Path, Path]) -> None:
    for path, away in moved.items():
        away.rename(path)


@pytest.fixture
def scene(stores: Stores, tmp_path: Path) -> Iterator[Scene]:
    """Serve the demonstration clinic on the engine of this run."""
    with installed(stores, tmp_path / "home") as place, _served(place) as scene:
        yield scene


@pytest.fixture
def scene_on_files(stores: Stores, tmp_path: Path) -> Iterator[Scene]:
    """Serve it from SQLite whatever the run: only files can be replaced."""
    with _served(Installed(installation(tmp_path / "home"), stores)) as scene:
        yield scene


@contextmanager
def _served(place: Installed) -> Iterator[Scene]:
    """Serve it to two people who are in the middle of something."""
    with place.demo() as demo:
        pat = patient(demo)
        pat.open()
        pat.begin()
        pat.answer(
            {
                "What is your full name?": NAME,
                "What is your date of birth?": "1951-03-09",
                "What is your telephone number?": "+1 555 0123",
            }
        )
        yield Scene(place, demo, staff(demo, "ada"), pat)


def is_kept_page(answer: Answer, *, for_staff: bool) -> None:
    """Check that this is our page for a store that is away, and that nothing leaks through it."""
    assert answer.status_code == 503, answer.text[-3000:]
    assert "<h1" in answer.text
    assert answer.headers["Retry-After"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors" in answer.headers["Content-Security-Policy"]
    assert not [name for name in OURS if name in answer.text]
    assert "Traceback" not in answer.text
    if not for_staff:
        assert "Your answers on the pages before this one are kept" in answer.text
        assert "Riverside" in answer.text or "call the clinic that gave you this" in answer.text


def ask_everything(scene: Scene) -> None:
    """Ask for every page that opens something, and post what would write."""
    pat: Any = scene.pat.client
    for path in ("/inbox/", "/persons/", "/trail/"):
        is_kept_page(scene.ada.get(path), for_staff=True)
    for path in (f"{scene.pat.path}1/", f"{scene.pat.path}check/"):
        is_kept_page(pat.get(path), for_staff=False)
    answers = {"What brings you": STORY, "Are you in pain": "no"}
    page = {scene.pat.name_of(label): one for label, one in answers.items()}
    is_kept_page(pat.post(f"{scene.pat.path}2/", {**page, "act": "continue"}), for_staff=False)
    is_kept_page(pat.post(f"{scene.pat.path}send/"), for_staff=False)


def go_on(scene: Scene) -> None:
    """Check that both go on where they were, on the server that never ended."""
    assert scene.demo.served.process.poll() is None
    assert "Pat Winters" in scene.ada.get("/inbox/").text
    assert "whole" in scene.place.run("verify").stdout
    pat = scene.pat
    assert f'value="{NAME}"' in pat.open(f"{pat.path}1/")
    for number in range(2, MOST_PAGES):
        pat.open(f"{pat.path}{number}/")
        if pat.page.status_code == 404:
            break
        pat.answer({label: one for label, one in REST.items() if f">{label}" in pat.text})
    pat.send()
    assert reference_in(pat.text)
    assert NAME in scene.ada.get("/inbox/").text
    assert "Traceback" not in "\n".join(scene.demo.served.log.all())


@pytest.mark.parametrize("store", ["trail", "keys", "data"])
def test_without_a_store_nothing_is_shown_and_all_goes_on_when_it_is_back(
    scene: Scene, store: str
) -> None:
    with scene.without_anywhere(store):
        ask_everything(scene)
    go_on(scene)


def test_data_that_go_away_under_a_worker_are_noticed_and_all_goes_on_when_they_are_back(
    scene: Scene,
) -> None:
    with scene.without("data"):
        ask_everything(scene)
    go_on(scene)


def test_data_that_are_replaced_under_a_worker_are_not_written_to(scene_on_files: Scene) -> None:
    with _replaced(scene_on_files.place, "data"):
        ask_everything(scene_on_files)
    go_on(scene_on_files)
