"""SG9: an organisation restricts sign-in and access to IP ranges, by what people can reach."""

from typing import Any

from django.test import Client

from keepwell.safeguards.access.roles import Role
from tests.people import Clinic, Person, browser, browser_of
from tests.products.forms.pages.patients import Patient

CLINIC, HOME = "198.51.100.7", "203.0.113.9"


def arrive(person: Person, address: str) -> tuple[Client, Any]:
    """Sign in from an address; return the browser and how it ended."""
    here = browser(address=address)
    here.post("/sign-in/", {"email": person.email, "password": person.password})
    return here, here.post("/sign-in/code/", {"code": person.code()})


def test_sg9_sign_in_and_access_are_for_the_listed_networks(clinic: Clinic, pat: Patient) -> None:
    at_work, came_in = arrive(clinic.add("Ben", Role.MEMBER), CLINIC)
    at_home, also_came_in = arrive(clinic.add("Dee", Role.AUDITOR), HOME)
    assert [came_in.status_code, also_came_in.status_code] == [302, 302]

    owner = browser_of(clinic.owner, address=CLINIC)
    shown = {"password": clinic.owner.password, "code": clinic.owner.code()}
    assert owner.post("/account/again/networks/", shown)["Location"] == "/networks/"
    allowed = {"network": "198.51.100.0/24", "name": "The clinic", "role": ""}
    assert owner.post("/networks/add/", allowed).status_code == 302

    assert at_work.get("/").status_code == 200
    assert at_home.get("/")["Location"].startswith("/sign-in/")
    abe = clinic.add("Abe", Role.MEMBER)
    assert arrive(abe, HOME)[1].status_code == 403
    assert pat.client.get(f"/f/{pat.token}/", REMOTE_ADDR=HOME).status_code == 200
