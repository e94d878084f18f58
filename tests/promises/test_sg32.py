"""SG32: the clinic's Notice of Privacy Practices, as owner, patient and stranger meet it."""

import re

from django.test import Client

from keepwell.safeguards.consent.notices.days import today_at
from tests.people import Clinic, browser, browser_of
from tests.products.forms.pages.patients import Patient

WORDS = {
    "en": ("Notice of Privacy Practices", "How medical information about you may be used"),
    "es": ("Aviso de prácticas de privacidad", "Cómo se puede usar su información médica"),
}


def write_and_publish(ada: Client, clinic: Clinic, more: str = "") -> None:
    for language, (title, text) in WORDS.items():
        said = {"title": title, "text": f"{text} {more}"}
        answer = ada.post(f"/settings/notice/in/{language}/", said)
        if answer.status_code == 404:
            ada.post("/settings/notice/add/", said | {"language": language})
    ada.post("/settings/notice/publish/", {"effective": today_at(clinic.organisation)})


def linked(page: str) -> str:
    found = re.search(r'<a href="(/notice/[^"]+)"', page)
    assert found, "no link to the notice"
    return found[1]


def test_sg32_the_notice_is_on_every_page_by_version_and_language_and_acknowledged(
    clinic: Clinic, pat: Patient
) -> None:
    ada = browser_of(clinic.owner)
    write_and_publish(ada, clinic, "First.")
    write_and_publish(ada, clinic, "Second.")
    form = re.search(r'href="(/forms/[0-9a-f-]{36}/)"', ada.get("/forms/").content.decode())
    assert form
    ada.post(f"{form[1]}notice/", {"asks": "yes"})

    new = Patient(pat.token)
    pages = [new.open(), new.fill(), new.open(f"{new.path}check/")]
    assert len({linked(page) for page in pages}) == 1
    stranger = browser()
    address = linked(pages[0])
    assert "Second." in stranger.get(address).content.decode()
    spanish = address.replace("/en/", "/es/")
    assert "Cómo se puede usar" in stranger.get(spanish).content.decode()
    assert "First." in stranger.get(address.replace("/en/", "/1/en/")).content.decode()

    new.send()
    assert new.here.endswith("/notice/"), "asked before anything is sent"
    new.post(f"{new.path}notice/", {"notice": "declined", "version": "2"})
    new.send()
    assert "KW-" in new.text
    inbox = ada.get("/inbox/").content.decode()
    sent = re.search(r'href="(/inbox/[0-9a-f-]{36}/)"', inbox)
    assert sent
    opened = ada.get(f"{sent[1]}?for=care").content.decode()
    assert "Version 2, English" in opened
    assert "Did not want to say" in opened
