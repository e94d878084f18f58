"""What tests of passkeys do as a person and a browser would."""

from typing import Any

from django.test import Client

from keepwell.safeguards.access.viewers import console
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.payloads import Payload
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.safeguards.identity.models import Passkey
from keepwell.toolkit import clock
from tests.people import PASSWORD, Clinic, Person, browser, browser_of
from tests.softkey import SoftKey

ADD = "/account/passkeys/add/"
ARRIVE = "/sign-in/passkey/"
SECOND = "/sign-in/code/passkey/"
CHALLENGE = "/sign-in/passkey/challenge/"
NAME = "My telephone"


def text_of(answer: Any) -> str:
    content: bytes = answer.content
    return content.decode()


def proven(person: Person) -> Client:
    """Open a browser in which both steps were given again."""
    here = browser_of(person)
    typed = {"password": PASSWORD, "code": person.code(), "next": ADD}
    assert here.post("/account/again/passkeys/", typed)["Location"] == ADD
    return here


def prove(here: Client, person: Person) -> None:
    """Note the proof in this browser as the page does, without using up a code."""
    session = here.session
    session["proven_again"] = clock.now_us()
    session.save()


def added(here: Client, key: SoftKey, name: str = NAME) -> Passkey:
    options = here.post("/account/passkeys/challenge/").json()
    answer = here.post(ADD, {"name": name, "passkey": key.make(options)})
    assert answer["Location"] == "/account/", text_of(answer)
    return Passkey.objects.latest("created")


def asked(here: Client) -> dict[str, Any]:
    answer: dict[str, Any] = here.post(CHALLENGE).json()
    return answer


def arrive(key: SoftKey, here: Client | None = None) -> Any:
    here = here or browser()
    return here.post(ARRIVE, {"passkey": key.sign(asked(here))})


def with_password(person: Person) -> Client:
    here = browser()
    here.post("/sign-in/", {"email": person.email, "password": PASSWORD})
    return here


def payloads(clinic: Clinic, kind: str) -> list[Payload]:
    writer.stop()
    viewer = console(clinic.organisation.id, account="tests")
    found = page_of_entries(viewer, kinds=[kind], limit=50).entries
    return [entry.payload for entry in found if entry.payload]
