"""Patients who send at the same time while their server is killed, and what is left afterwards.

A patient's device repeats what was not answered, as people do: the same page, the same button. What
counts as acknowledged is a reference that stood on a page.
"""

import http.client
import os
import secrets
import select
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.installed import Installed
from tests.products.forms.pages.patients import Patient, reference_in
from tests.remote import Answer, Remote, patient, publish, staff
from tests.serving import PATIENCE_SECONDS, Demo, Served, end, start
from tests.stores.scale import ScaleStores

NOT_ANSWERED = (OSError, http.client.HTTPException)
JITTER_US = 60_000
MOST_TRIES = 200
DEVICES = 5
REFERENCES = "SELECT reference FROM forms_submission"
FORM: dict[str, Any] = {
    "resourceType": "Questionnaire",
    "status": "active",
    "title": "Short",
    "item": [
        {"linkId": "name", "type": "string", "text": "Full name", "required": True},
        {"linkId": "why", "type": "text", "text": "What brings you", "required": True},
    ],
}


@dataclass
class Scene:
    """One installation, its server of the moment, and everybody who uses it."""

    place: Installed
    served: Served
    demo: Demo
    link: str
    already: list[str]  # references of before
    acknowledged: list[str] = field(default_factory=list)
    half: list[Patient] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    begun: int = 0
    answered: int = 0
    kills: int = 0
    ending: threading.Event = field(default_factory=threading.Event)
    news: threading.Condition = field(default_factory=threading.Condition)
    is_up: threading.Event = field(default_factory=threading.Event)
    devices: list[threading.Thread] = field(init=False)

    def __post_init__(self) -> None:
        self.devices = [threading.Thread(target=_answer_on, args=(self,)) for _ in range(DEVICES)]

    def rest(self) -> None:
        """Let everybody finish the form they are at, and begin no other."""
        self.ending.set()
        for device in self.devices:
            device.join(2 * PATIENCE_SECONDS)
            assert not device.is_alive()

    def count(self, what: str) -> None:
        """Count a request that begins or an answer that arrived."""
        with self.news:
            setattr(self, what, getattr(self, what) + 1)
            self.news.notify_all()

    def wait_for_more(self, what: str, more: int) -> None:
        """Wait until so many more requests have begun, or were answered."""
        with self.news:
            goal = getattr(self, what) + more
            came = self.news.wait_for(lambda: getattr(self, what) >= goal, PATIENCE_SECONDS)
        assert came, f"{self.begun} begun, {self.answered} answered, {self.served.log.all()[-20:]}"

    def kill(self, how: str) -> None:
        """Kill at a random instant between requests that run, and have a server again."""
        self.wait_for_more("begun", 8 + secrets.randbelow(24))
        self.ending.wait(secrets.randbelow(JITTER_US) / 1_000_000)
        self.kills += 1
        if how == "worker":
            os.kill(self.served.worker(), signal.SIGKILL)
        else:
            self._kill_parent(with_worker=how == "everything")
        self.wait_for_more("answered", DEVICES)

    def _kill_parent(self, *, with_worker: bool) -> None:
        self.is_up.clear()
        worker = os.pidfd_open(self.served.worker())
        if with_worker:
            os.killpg(self.served.process.pid, signal.SIGKILL)
        else:
            os.kill(self.served.process.pid, signal.SIGKILL)
        self.served.process.wait(PATIENCE_SECONDS)
        with os.fdopen(worker) as ended:  # it notices, and lets go of the folder
            assert select.select([ended], [], [], PATIENCE_SECONDS)[0]
        self.restart()

    def restart(self) -> None:
        """Start a server where the last one was."""
        port = str(self.served.port)
        self.served = start(self.place.home, KEEPWELL_PORT=port, **self.place.settings)
        self.is_up.set()


@dataclass
class Persistent(Remote):
    """A browser whose person presses again until something answers."""

    scene: Any = None

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Answer:
        """Send one request again and again until it is answered."""
        for _ in range(MOST_TRIES):
            self.scene.is_up.wait(PATIENCE_SECONDS)
            self.scene.count("begun")
            try:
                answer = super().ask(method, path, body, kind)
            except NOT_ANSWERED:
                continue
            self.scene.count("answered")
            if answer.status_code >= 500:
                self.scene.failures.append(f"{method} {answer.status_code}")
            return answer
        raise AssertionError(f"Nobody answered {method} {path}.")


@contextmanager
def scene(place: Installed) -> Iterator[Scene]:
    """Serve a demonstration with a short form, while patients answer it without pause."""
    with place.demo() as demo:
        link = publish(staff(demo, "ada"), FORM, {"name": "name", "columns": ["name"]})
        here = Scene(place, demo.served, demo, link, column(place, "data", REFERENCES))
        here.is_up.set()
        for device in here.devices:
            device.start()
        try:
            yield here
        finally:
            here.rest()
            end(here.served)


def _answer_on(here: Scene) -> None:
    try:
        for number in range(1_000_000):
            if here.ending.is_set():
                return
            _answer(here, stops=number % 3 == 1)
    except BaseException as error:
        here.failures.append(repr(error))
        raise


def _answer(here: Scene, *, stops: bool) -> None:
    """Fill in the form; send it, or stop half-way."""
    pat = patient(here.demo, here.link)
    client: Any = Persistent(here.served, scene=here)
    pat.client = client
    pat.open()
    pat.begin()
    pat.answer({"Full name": "Pat Whitfield"})
    if stops:
        here.half.append(pat)
        return
    pat.answer({"What brings you": "A cough"})
    send(here, pat)


def send(here: Scene, pat: Patient) -> None:
    """Send, and note the reference that the page shows."""
    pat.send()
    here.acknowledged.append(reference_in(pat.text))


def go_on(here: Scene) -> None:
    """Let everybody who stopped half-way go on, on the device that began."""
    for pat in here.half:
        assert "Go on with your form" in pat.open()
        assert 'value="Pat Whitfield"' in pat.open(f"{pat.path}1/")
        pat.open(f"{pat.path}2/")
        pat.answer({"What brings you": "A cough"})
        send(here, pat)


def column(place: Installed, store: str, statement: str) -> list[Any]:
    """Return the first column of a statement on a store, past the application."""
    if isinstance(place.stores, ScaleStores):
        with place.stores.superuser(place.databases[store]) as server:
            return [row[0] for row in server.execute(statement).fetchall()]
    with closing(sqlite3.connect(place.home / f"{store}.sqlite3")) as file:
        return [row[0] for row in file.execute(statement).fetchall()]


def check_what_is_left(here: Scene) -> None:
    """Hold what the stores say against what patients were told."""
    assert here.failures == []
    kept = sorted(column(here.place, "data", REFERENCES))
    assert kept == sorted(here.already + here.acknowledged)
    assert len(set(kept)) == len(kept)
    persons = "SELECT person_id FROM forms_submission"
    assert len(set(column(here.place, "data", persons))) == len(kept)
    arrivals = "SELECT count(*) FROM trail_entry WHERE kind = 'forms:submission:arrive'"
    assert column(here.place, "trail", arrivals) == [len(kept)]
    assert column(here.place, "data", "SELECT id FROM audit_outbox") == []
    verified = here.place.run("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
