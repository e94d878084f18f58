"""SG23: erasing a person destroys keys; proofs stay valid; the last backup's date is shown."""

import json
import re
from datetime import timedelta
from uuid import UUID

from pytest_django import Settings

from keepwell.safeguards.audit import verifier, writer
from keepwell.safeguards.vault.keystore import access
from keepwell.safeguards.vault.keystore.models import DataKey
from keepwell.toolkit import clock
from tests.people import Clinic, browser_of, show_both_steps
from tests.products.forms.pages.patients import ABOUT_PAT, Patient

PERSON = re.compile(r"/persons/([0-9a-f-]{36})/")


def wrapped_keys(clinic: Clinic) -> set[UUID]:
    with access.reading(clinic.organisation.id):
        return set(DataKey.objects.values_list("key_id", flat=True))


def test_sg23_an_erased_person_leaves_a_certificate_and_a_trail_that_is_whole(
    clinic: Clinic, pat: Patient, settings: Settings
) -> None:
    settings.KEEPWELL_KEYSTORE_BACKUP_DAYS = 21
    pat.send()
    ada = browser_of(clinic.owner)
    found = PERSON.search(ada.get("/persons/").content.decode())
    assert found
    before, today = wrapped_keys(clinic), clock.now().date()
    show_both_steps(ada, clinic.owner, "erase")
    ada.post(f"/persons/{found[1]}/erase/", {"reason": "Pat asked for it"})
    writer.stop()  # serves what is queued
    address = f"/persons/{found[1]}/erased/"
    page = ada.get(address).content.decode()
    said = json.loads(ada.get(f"{address}certificate.json").content)
    assert "Proven just now" in page
    assert said["complete_on"] == str(today + timedelta(days=21))
    assert "kept for 21 days" in page
    assert {one["model"] for one in said["erased"]} == {"forms.submission", "persons.person"}
    assert said["keys_destroyed"] == len(before - wrapped_keys(clinic)) == 2
    assert verifier.verify(clinic.organisation.id).is_whole
    for written in (page, json.dumps(said)):
        assert not any(name in written for name in ABOUT_PAT["Full name"].split())
