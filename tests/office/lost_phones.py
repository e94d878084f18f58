"""What tests of lost phones do as administrators, the member and a browser would."""

import re
from datetime import timedelta
from uuid import UUID

from django.test import Client

from keepwell.safeguards.access import viewers
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.replacements.actions import IdentityCheck
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.payloads import Payload
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.safeguards.identity import second_factor
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from tests.mailbox import Mailed, mailed
from tests.office.rooms import House, text_of
from tests.people import PASSWORD, Clinic, Person, browser

CHECKED = {"check": "in-person", "reason": "Lost on the train; passport seen at the desk"}
CHECK = {"check": IdentityCheck.IN_PERSON, "reason": CHECKED["reason"]}
NEW = "/second-step/new/"
HOUR = 3600


def membership_of(clinic: Clinic, person: Person) -> UUID:
    with wall.reading(clinic.organisation.id):
        found: UUID = Membership.objects.get(user=person.user, ended__isnull=True).pk
    return found


def address_of(house: House, name: str, act: str = "") -> str:
    return f"/members/{membership_of(house.clinic, house.people[name])}/second-step/{act}"


def proven(house: House, name: str, address: str, way: str = "members") -> Client:
    """Open a browser in which both steps were given again for this page."""
    here, person = house.browser(name), house.people[name]
    typed = {"password": PASSWORD, "code": person.code(), "next": address}
    assert here.post(f"/account/again/{way}/", typed)["Location"] == address
    return here


def started(house: House, name: str = "Ben", by: str = "Ada") -> Client:
    address = address_of(house, name)
    here = proven(house, by, address)
    assert here.post(address, CHECKED)["Location"] == "/members/"
    return here


def settle(house: House, name: str) -> None:
    """Let somebody have worked here for two days."""
    with wall.writing(house.clinic.organisation.id):
        rows = Membership.objects.filter(user=house.people[name].user)
        rows.update(approved=clock.now() - timedelta(days=2))


def confirmed(house: House, name: str = "Ben", by: str = "Abe") -> None:
    settle(house, by)
    address = address_of(house, name, "confirm/")
    assert proven(house, by, address).post(address, CHECKED)["Location"] == "/members/"


def letter_to(person: Person, words: str = "new second step for your") -> Mailed:
    found = [one for one in mailed() if one.to == person.email and words in one.subject]
    assert found, [(one.to, one.subject) for one in mailed()]
    return found[-1]


def link_to(person: Person) -> str:
    found = re.search(r"https://[^/]+(/second-step/lost/\S+/)", letter_to(person).body)
    assert found
    return found[1]


def use(link: str, person: Person) -> tuple[Client, str]:
    """Follow the link to the end; return the browser and the new app's secret."""
    here = browser()
    assert here.post(link, {"password": PASSWORD})["Location"] == NEW
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", text_of(here.get(NEW)))
    assert found
    secret = found[1].replace(" ", "")
    code = second_factor.code_at(secret, second_factor.current_counter())
    assert here.post(NEW, {"code": code})["Location"] == "/second-step/recovery-codes/"
    return here, secret


def counts(person: Person) -> bool:
    """Tell whether the person's old app still opens the second step."""
    here = browser()
    here.post("/sign-in/", {"email": person.email, "password": PASSWORD})
    return bool(here.post("/sign-in/code/", {"code": person.code()})["Location"] == "/")


def payloads_of(clinic: Clinic, kind: str) -> list[Payload]:
    writer.stop()
    viewer = viewers.console(clinic.organisation.id, account="tests")
    found = page_of_entries(viewer, kinds=[kind], limit=50).entries
    return [entry.payload for entry in found if entry.payload]
