"""Erasing a person takes along what the person sent, and the certificate names all of it."""

import json

import pytest

from keepwell.safeguards.audit import writer
from keepwell.safeguards.records import actions
from tests.people import Clinic, browser_of, show_both_steps
from tests.products.forms.pages.patients import Patient
from tests.products.forms.pages.test_inbox import sent


def test_an_erasure_that_needed_several_entries_is_proven_by_each(
    clinic: Clinic, pat: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = sent(clinic, pat)
    person = row.person_id
    monkeypatch.setattr(actions, "MOST_ROWS", 1)
    ada = browser_of(clinic.owner)
    show_both_steps(ada, clinic.owner, "erase")
    ada.post(f"/persons/{person}/erase/", {"reason": "asked for it"})
    writer.stop()  # it serves what is queued
    address = f"/persons/{person}/erased/"
    found = json.loads(ada.get(f"{address}certificate.json").content)
    erased = {one["model"]: one["ids"] for one in found["erased"]}
    assert erased == {"forms.submission": [str(row.pk)], "persons.person": [str(person)]}
    assert found["keys_destroyed"] == 2
    assert [one["standing"] for one in found["trail"]] == ["proven", "proven"]
    assert ada.get(address).content.decode().count("Entry hash") == 2
    said = ada.get(f"{address}certificate.txt").content.decode()
    assert said.count("RFC 6962 inclusion, checked just now") == 2
