"""Language and dates of one's own: on every page, in every letter of this account, not others'."""

import re
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from keepwell.jobs import queue
from keepwell.office.sign_in.letters import AccountLetter
from keepwell.office.tasks import write_about_account
from keepwell.safeguards.access.roles import Role
from keepwell.shell import configuration, locales
from tests.mailbox import mailed
from tests.people import Clinic, browser_of
from tests.products.forms.pages.patients import publish

PAGE = "/account/language/"
AMERICAN = r"\w+day, \w+ \d{1,2}\."
BRITISH = r"\w+day, \d{1,2} \w+\."


def chosen(browser: Client, tag: str) -> str:
    """Choose, and return the first page."""
    assert browser.post(PAGE, {"language": tag})["Location"] == PAGE
    return browser.get("/").content.decode()


def lang(page: str) -> str:
    found = re.search(r'<html lang="([^"]+)"', page)
    assert found
    return found[1]


def test_the_day_is_written_as_each_has_chosen(clinic: Clinic) -> None:
    ada, phone = browser_of(clinic.owner), browser_of(clinic.owner)
    ben = browser_of(clinic.add("Ben", Role.MEMBER))
    usual = ada.get("/").content.decode()
    assert lang(usual) == "en-us"
    assert re.search(AMERICAN, usual)
    british = chosen(ada, "en-gb")
    assert lang(british) == "en-gb"
    assert re.search(BRITISH, british)
    assert not re.search(AMERICAN, british)
    assert lang(phone.get("/nowhere/").content.decode()) == "en-gb"
    assert lang(ben.get("/").content.decode()) == "en-us"
    assert "English, United Kingdom" in ada.get("/account/").content.decode()
    assert re.search(AMERICAN, chosen(ada, ""))


def test_what_the_organisation_has_is_named_and_is_the_usual(clinic: Clinic) -> None:
    page = browser_of(clinic.owner).get(PAGE).content.decode()
    assert "As the organisation has it: English, United States" in page
    assert re.search(r'value=""[^>]*checked', page)


@pytest.mark.parametrize("wrong", ["es", "xx", "en-gb\n", '"><script>'])
def test_what_has_no_catalogue_cannot_be_chosen(clinic: Clinic, wrong: str) -> None:
    ada = browser_of(clinic.owner)
    answer = ada.post(PAGE, {"language": wrong})
    assert answer.status_code == 422
    assert lang(ada.get("/").content.decode()) == "en-us"


def test_what_was_chosen_and_is_offered_no_more_changes_nothing(clinic: Clinic) -> None:
    clinic.owner.user.language = "eo"
    clinic.owner.user.save()
    ada = browser_of(clinic.owner)
    assert lang(ada.get("/").content.decode()) == "en-us"
    assert re.search(r'value=""[^>]*checked', ada.get(PAGE).content.decode())


def test_patients_pages_do_not_follow_it(clinic: Clinic) -> None:
    token, ada = publish(clinic), browser_of(clinic.owner)
    chosen(ada, "en-gb")
    assert lang(ada.get(f"/f/{token}/").content.decode()) == "en-us"


def test_letters_follow_it(clinic: Clinic) -> None:
    chosen(browser_of(clinic.owner), "en-gb")
    queue.put(
        write_about_account,
        organisation=clinic.organisation.id,
        account=clinic.owner.user.pk,
        letter=AccountLetter.TEST,
    )
    [letter] = mailed()
    assert "Content-Language: en-gb" in letter.raw.decode()
    assert '<html lang="en-gb"' in letter.html


def test_a_catalogue_that_is_added_is_offered_by_itself(
    clinic: Clinic, settings: Settings, tmp_path: Path
) -> None:
    assert [tag for tag, _ in locales.own_choices()] == list(locales.LOCALES)
    for name in ("fr", "pt_BR"):
        folder = tmp_path / name / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "django.mo").touch()
    (tmp_path / "de" / "LC_MESSAGES").mkdir(parents=True)  # nothing in it yet
    settings.LANGUAGES = configuration.languages(tmp_path)
    assert settings.LANGUAGES == [
        ("en", "English"),
        ("fr", "Français"),
        ("pt-br", "Português brasileiro"),
    ]
    ada = browser_of(clinic.owner)
    assert "Français" in ada.get(PAGE).content.decode()
    assert lang(chosen(ada, "fr")) == "fr"
