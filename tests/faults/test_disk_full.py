"""The disk is full under a real server: refused with a page, nothing half-written, and it recovers.

A small file system in memory stands for the disk, which takes a superuser to mount.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.faults.parallel import REFERENCES, column
from tests.installed import Installed, installed
from tests.products.forms.pages.patients import Patient, reference_in
from tests.remote import Answer, Remote, patient, publish, staff
from tests.serving import Demo
from tests.stores.session import Stores

SIZE = "40m"
MOST_WRITES = 300  # what a write-ahead log that has grown before may still take
NAME = "Pat Whitfield"
OURS = (NAME, "Pat Winters", "Rosa Delgado")
FORM: dict[str, Any] = {
    "resourceType": "Questionnaire",
    "status": "active",
    "title": "With a letter",
    "item": [
        {"linkId": "name", "type": "string", "text": "Full name", "required": True},
        {"linkId": "why", "type": "text", "text": "What brings you", "required": True},
        {"linkId": "letter", "type": "attachment", "text": "Add a letter"},
    ],
}
MARKS = {"name": "name", "columns": ["name"]}
LETTER = b"%PDF-1.4" + b"a letter " * 40_000


@dataclass(frozen=True)
class Scene:
    """A demonstration on a small disk, and two people who use it."""

    place: Installed
    demo: Demo
    ada: Remote
    pat: Patient

    @contextmanager
    def full(self) -> Iterator[None]:
        """Let something else take every byte that is left."""
        ballast = self.place.home.parent / "ballast"
        _fill(ballast)
        try:
            yield
        finally:
            ballast.unlink()


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 1):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a small disk."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid():
        pytest.skip("mounting a small file system takes a superuser")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0700", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"this machine lets nobody mount: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def scene(stores: Stores, disk: Path) -> Iterator[Scene]:
    """Serve the demonstration from the small disk; Pat has answered the first page."""
    with installed(stores, disk / "home") as place, place.demo() as demo:
        ada = staff(demo, "ada")
        pat = patient(demo, publish(ada, FORM, MARKS))
        pat.open()
        pat.begin()
        pat.answer({"Full name": NAME})
        yield Scene(place, demo, ada, pat)


def check_refused(answer: Answer) -> None:
    """Check that this is our page, that it is refused as our failure, and that nothing leaks."""
    assert answer.status_code == 503, answer.text[-2000:]
    assert "<h1" in answer.text
    assert not [name for name in OURS if name in answer.text]


def write_until_refused(pat: Patient) -> tuple[str, str]:
    """Answer the second page again and again; return the last answer taken and the one refused."""
    client: Any = pat.client
    field, taken = pat.name_of("What brings you"), ""
    for number in range(MOST_WRITES):
        words = f"{number} " + "long " * 1_500
        answer = client.post(f"{pat.path}2/", {field: words, "act": "continue"}, follow=False)
        if answer.status_code != 302:
            check_refused(answer)
            return taken.strip(), words.strip()
        taken = words
    raise AssertionError("The disk was never full.")


def add_letter(pat: Patient) -> Answer:
    """Add a file on the page that is open; return the answer as it came."""
    client: Any = pat.client
    letter = SimpleUploadedFile("letter.pdf", LETTER)
    data = {pat.name_of("Add a letter"): letter, "act": "continue"}
    answer: Answer = client.post(f"{pat.path}3/", data, follow=False)
    return answer


def files_kept(place: Installed) -> int:
    return sum(1 for path in (place.home / "blobs").rglob("*") if path.is_file())


def send(scene: Scene) -> None:
    """Send, and find everything whole and once."""
    before = column(scene.place, "data", REFERENCES)
    scene.pat.send()
    assert reference_in(scene.pat.text)
    assert len(column(scene.place, "data", REFERENCES)) == len(before) + 1
    assert NAME in scene.ada.get("/inbox/").text
    verified = scene.place.run("verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


@pytest.mark.embedded
def test_answers_that_find_no_room_are_refused_and_go_on_when_there_is_some(scene: Scene) -> None:
    pat, client = scene.pat, scene.pat.client
    with scene.full():
        taken, refused = write_until_refused(pat)
        answer: Any = client.post(f"{pat.path}send/", follow=False)
        assert answer.status_code in {302, 503}
    assert "Go on with your form" in pat.open()
    shown = pat.open(f"{pat.path}2/")
    assert taken in shown or refused in shown
    assert f'value="{NAME}"' in pat.open(f"{pat.path}1/")
    pat.open(f"{pat.path}2/")
    pat.answer({"What brings you": "A cough"})
    assert add_letter(pat).status_code == 302
    send(scene)


def test_a_file_that_finds_no_room_is_refused_and_leaves_nothing(scene: Scene) -> None:
    pat = scene.pat
    pat.answer({"What brings you": "A cough"})
    with scene.full():
        check_refused(add_letter(pat))
    assert files_kept(scene.place) == 0
    assert column(scene.place, "data", "SELECT id FROM forms_attachment") == []
    assert "letter.pdf" not in pat.open(f"{pat.path}check/")
    pat.open(f"{pat.path}3/")
    assert add_letter(pat).status_code == 302
    assert "letter.pdf" in pat.open(f"{pat.path}check/")
    assert files_kept(scene.place) == 1
    send(scene)


@pytest.mark.embedded
def test_a_disk_that_is_full_when_it_starts_is_said_in_one_sentence(
    stores: Stores, disk: Path
) -> None:
    with installed(stores, disk / "home") as place:
        _fill(disk / "ballast")
        done = place.run("demo", "--no-serve")
        (disk / "ballast").unlink()
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
