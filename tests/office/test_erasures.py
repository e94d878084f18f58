"""After an erasure its certificate says what went, when, what proves it, and never a name."""

import json
from hashlib import sha256
from uuid import UUID

import pytest
from django.test import Client
from pytest_django import Settings

from keepwell.safeguards.persons import erasures
from keepwell.safeguards.vault import keys, owed
from keepwell.toolkit import clock, merkle, notes
from keepwell.toolkit.identifiers import uuid7
from tests.office.rooms import House, text_of
from tests.people import show_both_steps

NAMES = ("Pat Winters", "Pat", "Winters")


@pytest.fixture
def erased(house: House, ada: Client, pat: UUID) -> UUID:
    """Erase Pat, as Ada does it in her browser."""
    show_both_steps(ada, house.people["Ada"], "erase")
    response = ada.post(f"/persons/{pat}/erase/", {"reason": "asked for it"})
    assert response["Location"] == f"/persons/{pat}/erased/?now=1"
    house.entries()  # the writer has written it
    return pat


def described(ada: Client, person: UUID) -> dict[str, object]:
    response = ada.get(f"/persons/{person}/erased/certificate.json")
    assert response["Content-Type"] == "application/json"
    found: dict[str, object] = json.loads(response.content)
    return found


def test_the_page_says_what_went_and_when_it_is_complete(
    house: House, ada: Client, erased: UUID, settings: Settings
) -> None:
    settings.KEEPWELL_KEYSTORE_BACKUP_DAYS = 14
    page = text_of(ada.get(f"/persons/{erased}/erased/"))
    for words in ("1 person", "1 key", "kept for 14 days", "Complete after", "Proven just now"):
        assert words in page
    with clock.moved(16 * 86_400):
        found = erasures.certificate_of(house.viewer(), erased)
        assert found is not None
        assert found.is_complete
    assert not any(name in page for name in NAMES)


def test_a_person_who_was_erased_leads_to_the_certificate(ada: Client, erased: UUID) -> None:
    response = ada.get(f"/persons/{erased}/")
    assert response["Location"] == f"/persons/{erased}/erased/"


def test_the_json_can_be_proven_by_somebody_else(house: House, ada: Client, erased: UUID) -> None:
    found = described(ada, erased)
    assert found["person"] == str(erased)
    assert found["erased"] == [{"model": "persons.person", "count": 1, "ids": [str(erased)]}]
    assert found["keys_destroyed"] == 1
    assert isinstance(found["trail"], list)
    (trail,) = found["trail"]
    entry = bytes.fromhex(trail["entry"])
    leaf = sha256(b"\x00" + entry).digest()
    assert leaf.hex() == trail["leaf"]
    merkle.check_inclusion(
        leaf,
        index=trail["index"],
        size=trail["size"],
        root=bytes.fromhex(trail["root"]),
        proof=[bytes.fromhex(step) for step in trail["steps"]],
    )
    text = notes.open_note(trail["checkpoint"], notes.VerifyKey.parse(trail["key"]))
    assert str(trail["size"]) in text.splitlines()
    assert not any(name in json.dumps(found) for name in NAMES)


def test_the_text_says_the_same(ada: Client, erased: UUID) -> None:
    response = ada.get(f"/persons/{erased}/erased/certificate.txt")
    said = response.content.decode()
    assert "attachment" in response["Content-Disposition"]
    assert "CERTIFICATE OF ERASURE" in said
    assert str(erased) in said
    assert "RFC 6962 inclusion, checked just now" in said
    assert "Keys destroyed 1, 20" in said
    assert not any(name in said for name in NAMES)


def test_keys_that_are_still_owed_are_said_to_be(
    house: House, ada: Client, pat: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_both_steps(ada, house.people["Ada"], "erase")
    with monkeypatch.context() as patched:
        patched.setattr(owed, "pay", lambda _organisation: 0)  # as when the process is killed
        ada.post(f"/persons/{pat}/erase/", {"reason": "asked for it"})
    house.entries()
    assert "still to be destroyed" in text_of(ada.get(f"/persons/{pat}/erased/"))
    assert described(ada, pat)["complete_on"] is None
    assert owed.pay(house.viewer().organisation) == 1
    assert described(ada, pat)["destroyed"] is not None
    assert "still to be destroyed" not in text_of(ada.get(f"/persons/{pat}/erased/"))


def test_right_after_the_act_the_page_asks_for_a_moment(ada: Client, house: House) -> None:
    address = f"/persons/{uuid7()}/erased/"
    assert "in a moment" in text_of(ada.get(f"{address}?now=1"))
    assert ada.get(address).status_code == 404


@pytest.mark.parametrize("part", ["", "certificate.json", "certificate.txt"])
def test_who_may_see_it(house: House, erased: UUID, part: str) -> None:
    address = f"/persons/{erased}/erased/{part}"
    statuses = {name: house.browser(name).get(address).status_code for name in house.people}
    assert statuses == {"Ada": 200, "Ben": 403, "Dee": 403, "Abe": 403, "Cy": 404}


def test_a_person_who_is_there_has_no_certificate(house: House, ada: Client, pat: UUID) -> None:
    assert ada.get(f"/persons/{pat}/erased/").status_code == 404
    assert erasures.certificate_of(house.viewer(), pat) is None


def test_looking_at_it_is_on_the_trail(house: House, ada: Client, erased: UUID) -> None:
    before = len(house.payloads("audit:trail:open"))
    ada.get(f"/persons/{erased}/erased/")
    assert len(house.payloads("audit:trail:open")) == before + 2  # ours is one, too


def test_the_certificate_outlives_what_the_trail_says(
    house: House, ada: Client, erased: UUID
) -> None:
    (ordered,) = house.entries("persons:person:erase")
    period = f"{ordered.moment:%Y%m}"
    organisation = house.viewer().organisation
    shared = keys.shared_key(organisation, f"trail/{period}")
    keys.shred(organisation, [shared])
    found = described(ada, erased)
    assert found["erased"] == []
    assert found["keys_destroyed"] == 1
