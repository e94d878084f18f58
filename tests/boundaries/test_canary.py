"""Canaries: a unique word in every sealed field, then a search of everything that is kept or said.

Patients' browsers and a colleague's put the words in through the public surface of a real server,
the wrong way too. Afterwards they may be nowhere: not in the three stores or their logs, not in
blobs, mail, temporary files, static files or access lines, under no disguise.
"""

import base64
import gzip
import hashlib
import re
import zlib
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from keepwell.safeguards.records.catalogue import sealed_fields
from keepwell.toolkit import clock
from tests.boundaries.searching import Hit, Words, everything_kept, files_below
from tests.installed import Installed, installed
from tests.products.forms.pages.patients import Patient, reference_in
from tests.remote import Remote, patient, publish, staff
from tests.serving import Demo
from tests.stores.session import Stores

# Words that stand nowhere else. Letters and digits only, so that every page shows them as they are.
NAME, OTHER_NAME = "Canaryname7Q4Z", "Canarybriefs2M8K"
EMAIL, TELEPHONE = "canarymail9x3w@patients.example", "5550194837261"
BORN = "1907-02-23"
STORY, LINE = "Canarystory5H1P", "Canaryline8D6R"
DRAFT, WRONG, NUMBER = "Canarydraft3T9B", "Canarywrong6V2N", "Canarynumber1G7J"
FILE_NAME, FILE_WORDS = "Canaryfile4C8L", "Canarybytes2F6X"
REFUSED_NAME, REFUSED_WORDS = "Canaryrefused9S5Y", "Canaryexecutable7W1"
REASON, UNDO, WHY_NOT = "Canaryreason8K3D", "Canaryparting5B9M", "Canarywhynot2L6F"
FORGED, ASKED, LARGE = "Canaryforged1N6T", "Canaryasked4R2H", "Canarylarge7P8C"
PASSWORD = "Canarypassword3J5V"
TOLD = {
    "made": (clock.now() - timedelta(days=1003)).date().isoformat(),
    "recipient": "Canaryrecipient6N3V",
    "what": "Canarydisclosed8P2J",
    "purpose": "Canarypurpose4Z9D",
}
FILE = b"A letter.\n" + FILE_WORDS.encode() + b"\n" * 70_000  # more than one sealed chunk
DIGEST = hashlib.sha256(FILE).hexdigest()

# A field that is sealed and has no canary fails until somebody lets one fly there.
CANARIES = {
    "consent.acknowledgement.why": WHY_NOT,
    "forms.attachment.name": FILE_NAME,
    "forms.attachment.sha256": DIGEST,
    "forms.draft.answers": DRAFT,
    "forms.submission.answers": STORY,
    "forms.submission.brief": LINE,
    **{f"persons.outside.{name}": word for name, word in TOLD.items()},
    "persons.person.born": BORN,
    "persons.person.email": EMAIL,
    "persons.person.name": NAME,
    "persons.person.telephone": TELEPHONE,
}
ALL = (
    *CANARIES.values(), OTHER_NAME, WRONG, NUMBER, FILE_WORDS, REFUSED_NAME, REFUSED_WORDS,
    REASON, UNDO, FORGED, ASKED, LARGE, PASSWORD,
)  # fmt: skip
# Not ePHI, and therefore to be found: the search can find.
PLANTED = "Planted0title"

QUESTIONS: list[dict[str, Any]] = [
    {"linkId": "name", "type": "string", "text": "Full name", "required": True},
    {"linkId": "born", "type": "date", "text": "Date of birth", "required": True},
    {"linkId": "email", "type": "string", "text": "E-mail address"},
    {"linkId": "telephone", "type": "string", "text": "Telephone number"},
    {"linkId": "line", "type": "string", "text": "In one line"},
    {"linkId": "story", "type": "text", "text": "In your words"},
    {"linkId": "number", "type": "integer", "text": "How many"},
]
FORM: dict[str, Any] = {
    "resourceType": "Questionnaire",
    "status": "active",
    "title": PLANTED,
    "item": [
        {"linkId": "you", "type": "group", "text": "You", "item": QUESTIONS},
        {"linkId": "letter", "type": "attachment", "text": "Add a letter"},
    ],
}
MARKS: dict[str, Any] = {
    **{name: name for name in ("name", "born", "email", "telephone")},
    "columns": ["name", "born", "line"],
}


@pytest.fixture
def place(stores: Stores, tmp_path: Path) -> Iterator[Installed]:
    """Make an installation for one real server."""
    with installed(stores, tmp_path / "home") as made:
        yield made


RIGHT = {
    "Full name": NAME,
    "Date of birth": BORN,
    "E-mail address": EMAIL,
    "Telephone number": TELEPHONE,
    "In one line": LINE,
    "In your words": STORY,
    "How many": "3",
}


def answer_everything(pat: Patient) -> None:
    """Answer both pages, the wrong way first; add a file, and one that is refused."""
    pat.open()
    pat.begin()
    right: dict[str, str] = {}
    for label, value in RIGHT.items():
        right |= pat._typed(label, value)
    wrong = pat.answer({"Full name": WRONG, "In your words": WRONG, "How many": NUMBER})
    assert "Error:" in wrong
    assert NUMBER in wrong
    pat.post(pat.here, {**right, "act": "continue"})
    refused = SimpleUploadedFile(f"{REFUSED_NAME}.exe", b"MZ\x00" + REFUSED_WORDS.encode())
    for file in (refused, SimpleUploadedFile(f"{FILE_NAME}.txt", FILE)):
        field: dict[str, Any] = {pat.name_of("Add a letter"): file}
        pat.answer({}, **field)
    pat.post(f"{pat.path}notice/", {"notice": "other", "words": WHY_NOT, "version": "1"})


def patients_act(demo: Demo, link: str) -> None:
    """Two patients send, one stops half-way; somebody posts what no page of ours posts."""
    for _ in range(2):
        pat = patient(demo, link)
        answer_everything(pat)
        assert NAME in pat.open(f"{pat.path}check/")
        assert FILE_NAME in pat.text
        assert WHY_NOT in pat.text
        pat.send()
        assert reference_in(pat.text)
    half = patient(demo, link)
    half.open()
    half.begin()
    half.answer({"Full name": f"{DRAFT} {OTHER_NAME}"})
    stray: Any = patient(demo, link).client
    stray.ask("POST", f"{link}1/", f"f0={FORGED}".encode(), "application/x-www-form-urlencoded")
    stray.ask("POST", f"{link}send/", f"f0={FORGED}".encode(), "text/plain")
    stray.get(f"{link}1/?f0={ASKED}")
    stray.get(f"/nowhere/?name={ASKED}")
    stray.post(f"{link}1/", {"f0": LARGE * 200_000})
    stray.post("/sign-in/", {"email": "ada@riverside.example", "password": PASSWORD})
    stray.post("/password/forgotten/", {"email": "ada@riverside.example"})


def ask_about_the_notice(ada: Remote) -> None:
    """Let the newest form ask whether the notice was received."""
    newest = re.findall(r'href="(/forms/[0-9a-f-]{36}/)"', ada.get("/forms/").text)[0]
    assert "Ask no more" in ada.post(f"{newest}notice/", {"asks": "yes"}).text


def staff_act(ada: Remote) -> None:
    """Open everything, with a stated purpose; join two persons and part them, with reasons."""
    inbox = ada.get("/inbox/").text
    assert NAME in inbox
    sent = re.findall(r"/inbox/([0-9a-f-]{36})/", inbox)[0]
    opened = ada.get(f"/inbox/{sent}/?for=care").text
    assert STORY in opened
    assert WHY_NOT in opened
    file = re.search(rf"/inbox/{sent}/files/[0-9a-f-]+/[?]for=care", opened)
    assert file
    assert FILE_WORDS.encode() in ada.get(file[0]).content
    assert NAME in ada.get("/persons/").text
    person = re.search(r"/persons/([0-9a-f-]{36})/", opened)
    assert person
    shown = ada.get(f"/persons/{person[1]}/?for=care").text
    assert TELEPHONE in shown
    told = f"/persons/{person[1]}/disclosures/"
    ada.get(f"{told}add/")
    ada.post(f"{told}add/", TOLD)
    assert TOLD["what"] in ada.get(told).text
    join = re.search(rf"/persons/{person[1]}/join/[0-9a-f-]+/", shown)
    assert join
    ada.get(join[0])
    joined = ada.post(join[0], {"reason": REASON}).text
    undo = re.search(r"/persons/joins/[0-9a-f-]+/undo/", joined)
    assert undo
    ada.post(undo[0], {"reason": UNDO})
    _read_trail(ada)


def _read_trail(ada: Remote) -> None:
    trail = ada.get("/trail/").text
    shown = [
        ada.get(f"/trail/{index}/").text for index in re.findall(r'"/trail/(\d+)/"', trail)[:12]
    ]
    assert any(REASON in page for page in shown)
    ada.get(f"/trail/?about={ASKED}")
    ada.get(f"/inbox/?reference={ASKED}")


def searched(words: Words, kept: Iterator[tuple[str, bytes]]) -> set[Hit]:
    return {hit for place, content in kept for hit in words.hits(place, content)}


def test_every_sealed_field_has_a_canary() -> None:
    slots = {fact.slot for fact in sealed_fields() if fact.model.partition(".")[0] != "specimens"}
    assert slots == set(CANARIES)


def test_what_patients_and_staff_typed_is_nowhere_in_clear(
    place: Installed, tmp_path: Path
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    words, planted = Words(ALL), Words([PLANTED])
    with place.demo(TMPDIR=str(temporary)) as demo:
        ada = staff(demo, "ada")
        link = publish(ada, FORM, MARKS)
        ask_about_the_notice(ada)
        patients_act(demo, link)
        staff_act(ada)
        kept = [*files_below(place.home, temporary)]  # with SQLite's logs still beside
    said = "\n".join([*demo.served.out.all(), *demo.served.log.all()])
    kept += [
        *everything_kept(place),
        *files_below(temporary),
        ("what the server said", said.encode()),
    ]
    assert searched(planted, iter(kept)), "the search finds nothing at all"
    assert demo.served.log.all()
    assert searched(words, iter(kept)) == set()


DISGUISES: dict[str, Callable[[bytes], bytes]] = {
    "clear": bytes,
    "upper case": bytes.upper,
    "utf-16-le": lambda text: text.decode().encode("utf-16-le"),
    "utf-16-be": lambda text: text.decode().encode("utf-16-be"),
    "hex": lambda text: text.hex().encode(),
    "HEX": lambda text: text.hex().upper().encode(),
    "base64": base64.b64encode,
    "base64 for addresses": base64.urlsafe_b64encode,
    "zlib": zlib.compress,
    "gzip": gzip.compress,
    "base64, deflated": lambda text: zlib.compress(base64.b64encode(text), 9),
    "utf-16, deflated": lambda text: gzip.compress(text.decode().encode("utf-16-le")),
}


@pytest.mark.parametrize("disguise", sorted(DISGUISES))
@pytest.mark.parametrize("before", range(3))
def test_the_search_finds_a_word_under_every_disguise(
    tmp_path: Path, disguise: str, before: int
) -> None:
    hidden = DISGUISES[disguise](b"?" * before + STORY.encode() + b"!")
    (tmp_path / "blob").write_bytes(b"\x00\x78\x9c\xff" + hidden + b"\x00")
    assert searched(Words(ALL), files_below(tmp_path)) != set()
    assert searched(Words([LINE]), files_below(tmp_path)) == set()
