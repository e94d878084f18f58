"""SG10: privileges are raised for a while only, with a reason, and fall back by themselves."""

from django.test import Client

from keepwell.safeguards.access.roles import Role
from keepwell.toolkit import clock
from tests.people import Clinic, Person, browser_of
from tests.products.forms.pages.patients import Patient

HOUR, REFUSED = 3600, 403
NOBODY = "00000000-0000-4000-8000-000000000000"
FOR_THE_INBOX = {"permissions": ["submission:list"], "minutes": "60", "reason": "Ben is ill"}


def prove(here: Client, who: Person, reason: str) -> None:
    given = {"password": who.password, "code": who.code()}
    assert here.post(f"/account/again/{reason}/", given).status_code == 302


def test_sg10_more_access_is_given_by_another_for_a_while_and_falls_back(clinic: Clinic) -> None:
    abe = clinic.add("Abe", Role.ADMINISTRATOR)
    at_work, owner = browser_of(abe), browser_of(clinic.owner)
    assert b"Ask for access" in at_work.get("/inbox/").content

    prove(at_work, abe, "access")
    assert at_work.post("/access/ask/", FOR_THE_INBOX)["Location"] == "/access/"
    assert at_work.get("/inbox/").status_code == 403
    asked = owner.get("/access/").content.decode()
    address = asked.partition('class="act-link" href="')[2].partition('"')[0]
    prove(owner, clinic.owner, "access")
    assert owner.post(address, {"reason": "Until Ben is back"}).status_code == 302

    assert at_work.get("/inbox/").status_code == 200
    with clock.moved(HOUR):
        assert browser_of(abe).get("/inbox/").status_code == 403


def test_sg10_in_an_emergency_a_record_opens_for_minutes_and_an_officer_judges_it(
    clinic: Clinic, pat: Patient
) -> None:
    assert pat.send().status_code == 200
    dee = clinic.add("Dee", Role.AUDITOR)
    here, owner = browser_of(dee), browser_of(clinic.owner)
    assert here.get(f"/persons/{NOBODY}/").status_code == REFUSED

    prove(here, dee, "emergency")
    assert here.post("/emergency/begin/", {"reason": "Unconscious in room 2"}).status_code == 302
    assert b"Emergency access is on" in here.get("/inbox/").content
    waiting = owner.get("/").content.decode().partition("<main")[2]
    assert "Dee has emergency access now" in waiting
    review = "/emergency/" + waiting.partition('href="/emergency/')[2].partition('"')[0]
    assert here.get("/persons/").status_code == 200

    here.post("/emergency/end/")
    assert b"Emergency access is on" not in here.get("/inbox/").content
    assert b"Unconscious in room 2" in owner.get(review).content
    found = {"finding": "justified", "reason": "The ward confirms it"}
    assert owner.post(review, found).status_code == 302
    assert "emergency access" not in owner.get("/").content.decode().partition("<main")[2]
