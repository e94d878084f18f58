"""The Notice of Privacy Practices: written, published by version, read by anybody, for good."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.consent.errors import EffectiveTooEarly, NothingWritten, NoticeIsFixed
from keepwell.safeguards.consent.models import Notice, NoticeText
from keepwell.safeguards.consent.notices import actions, queries
from keepwell.safeguards.consent.notices.actions import Wording
from keepwell.safeguards.consent.notices.days import today_at
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from tests.office.rooms import House, text_of
from tests.people import browser
from tests.products.forms.pages.patients import INTAKE, Patient
from tests.products.forms.pages.patients import publish as publish_form

ENGLISH = {
    "language": "en",
    "title": "Notice of Privacy Practices",
    "text": "# Your rights\nYou may see what we keep.\n\n- to correct it\n- for a copy",
}
SPANISH = {
    "language": "es",
    "title": "Aviso de prácticas de privacidad",
    "text": "Usted puede ver lo que guardamos.",
}
PAGE = "/settings/notice/"


def write(house: House, **changed: str) -> None:
    actions.write(house.viewer(), wording=Wording(**(ENGLISH | changed)))


def published(house: House, changed: Mapping[str, str] | None = None, *, days: int = 0) -> Notice:
    write(house, **(changed or {}))
    return actions.publish(house.viewer(), effective=today(house) + timedelta(days=days))


def today(house: House) -> date:
    return today_at(house.clinic.organisation)


def address(house: House, rest: str = "") -> str:
    return f"/notice/{house.clinic.organisation.id}/{rest}"


def read(house: House, rest: str = "", languages: str = "en") -> str:
    return text_of(browser().get(address(house, rest), headers={"accept-language": languages}))


# Writing and publishing.


def test_a_notice_is_written_in_two_languages_published_and_read_without_an_account(
    house: House, ada: Client
) -> None:
    assert "No notice yet" in text_of(ada.get(PAGE))
    for wording in (ENGLISH, SPANISH):
        assert "Saved" in text_of(ada.post(f"{PAGE}add/", wording, follow=True))
    assert browser().get(address(house)).status_code == 404, "not published yet"
    said = text_of(ada.post(f"{PAGE}publish/", {"effective": today(house)}, follow=True))
    assert "Version 1 is published" in said
    page = read(house)
    assert "<h2>Your rights</h2>" in page
    assert "<li>for a copy</li>" in page
    assert "Version 1, applies from" in page
    assert "Usted puede ver" in read(house, languages="es-MX,en;q=0.5")
    spanish = read(house, "es/")
    assert "Usted puede ver" in spanish
    assert '<article class="prose" lang="es" dir="ltr">' in spanish
    assert 'hreflang="es"><bdi>Español</bdi>' in page


def test_the_trail_says_who_published_which_version_and_holds_no_text(house: House) -> None:
    row = published(house)
    [wrote] = house.payloads("consent:notice:write")
    [told] = house.payloads("consent:notice:publish")
    assert wrote.detail == {"language": "en"}
    assert told.detail == {"version": "1", "effective": today(house).isoformat()}
    assert told.subjects[0].ids == wrote.subjects[0].ids == (row.pk,)
    assert b"see what we keep" not in told.encode() + wrote.encode()


def test_a_next_version_begins_with_what_the_newest_says_and_the_older_stays_readable(
    house: House, ada: Client
) -> None:
    write(house, **SPANISH)
    published(house)
    changed = {"title": ENGLISH["title"], "text": "You may see who opened it."}
    ada.post(f"{PAGE}in/en/", changed)
    assert "You may see what we keep" in read(house), "nothing changes before it is published"
    ada.post(f"{PAGE}publish/", {"effective": today(house)})
    assert "You may see who opened it" in read(house)
    assert "Usted puede ver" in read(house, "es/"), "the language that was not changed is there too"
    older = read(house, "1/en/")
    assert "You may see what we keep" in older
    assert "This is an earlier version" in older
    assert "earlier version" not in read(house, "2/en/")


def test_a_later_version_is_told_of_and_applies_from_its_day(house: House) -> None:
    published(house, {"text": "Old words."})
    published(house, {"text": "New words."}, days=3)
    page = read(house)
    assert "Old words" in page
    assert "A new version applies from" in page
    assert "does not apply yet" in read(house, "2/en/")
    with clock.moved(4 * 86_400):
        page = read(house)
    assert "New words" in page
    assert "A new version applies from" not in page


def test_the_first_version_is_read_before_its_day(house: House) -> None:
    published(house, days=10)
    assert "This version does not apply yet" in read(house)


def test_a_notice_cannot_apply_before_it_is_published(house: House, ada: Client) -> None:
    write(house)
    yesterday = today(house) - timedelta(days=1)
    with pytest.raises(EffectiveTooEarly):
        actions.publish(house.viewer(), effective=yesterday)
    for wrong in (yesterday, "", "soon"):
        response = ada.post(f"{PAGE}publish/", {"effective": wrong})
        assert response.status_code == 422
        assert "needs another look" in text_of(response)
    assert queries.standing(house.viewer()).newest is None


def test_nothing_new_is_no_version(house: House, ada: Client) -> None:
    published(house)
    write(house)
    with pytest.raises(NothingWritten):
        actions.publish(house.viewer(), effective=today(house))
    said = text_of(ada.post(f"{PAGE}publish/", {"effective": today(house)}, follow=True))
    assert "Nothing in it differs" in said


def test_the_address_that_stays_is_shown_whatever_is_being_written(
    house: House, ada: Client
) -> None:
    published(house)
    write(house, text="Other words.")
    assert f'{address(house)}" readonly' in text_of(ada.get(PAGE))


def test_what_is_written_is_discarded_whole(house: House, ada: Client) -> None:
    published(house)
    write(house, text="Never to be read.")
    said = text_of(ada.post(f"{PAGE}discard/", follow=True))
    assert "Discarded" in said
    assert queries.standing(house.viewer()).written is None
    assert "Discarded" not in text_of(ada.post(f"{PAGE}discard/", follow=True))
    assert len(house.payloads("consent:notice:discard")) == 1
    assert "You may see what we keep" in read(house)


def test_a_language_is_taken_out_of_the_next_version_only(house: House, ada: Client) -> None:
    write(house)
    published(house, SPANISH)
    assert "Spanish is taken out" in text_of(ada.post(f"{PAGE}in/es/out/", follow=True))
    ada.post(f"{PAGE}publish/", {"effective": today(house)})
    assert "You may see what we keep" in read(house, "es/"), "the first language stands in"
    assert "Usted puede ver" in read(house, "1/es/")
    assert ada.post(f"{PAGE}in/fr/out/").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"text": ""},
        {"address": "https://ashgrove.example/privacy"},
        {"text": "", "address": "http://ashgrove.example"},
        {"text": "", "address": "javascript:alert(1)"},
        {"language": "tlh"},
        {"text": "x" * 60_001},
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_kept(
    house: House, ada: Client, wrong: dict[str, str]
) -> None:
    response = ada.post(f"{PAGE}add/", ENGLISH | wrong)
    assert response.status_code == 422
    assert "needs another look" in text_of(response)
    assert queries.standing(house.viewer()).written is None


def test_a_language_that_is_there_is_changed_not_added_again(house: House, ada: Client) -> None:
    write(house)
    response = ada.post(f"{PAGE}add/", ENGLISH | {"text": "Other words"})
    assert response.status_code == 422
    assert "there already" in text_of(response)
    assert ada.get(f"{PAGE}in/fr/").status_code == 404


def test_words_of_a_notice_are_escaped(house: House, ada: Client) -> None:
    published(house, {"text": "# <b>x</b>\n- <script>x</script>", "title": "<i>x</i>"})
    page = read(house)
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page
    assert "<b>x" not in page
    assert "<i>x" not in page + text_of(ada.get(PAGE))


def test_what_is_missing_for_the_law_is_said_to_those_who_write(house: House, ada: Client) -> None:
    write(house)
    assert "wants at the top is not in the text" in text_of(ada.get(PAGE))
    write(house, text="How medical information about you may be used and disclosed")
    assert "wants at the top is not in the text" not in text_of(ada.get(PAGE))


def test_the_preview_shows_what_is_not_published(house: House, ada: Client) -> None:
    write(house)
    assert "<h3>Your rights</h3>" in text_of(ada.get(f"{PAGE}in/en/look/"))
    assert ada.get(f"{PAGE}in/es/look/").status_code == 404


# What is published never changes.


def test_a_published_version_can_neither_be_changed_nor_deleted(house: House) -> None:
    row = published(house)
    with wall.writing(house.clinic.organisation.id):
        text = NoticeText.objects.get(notice=row)
        for act in (row.save, row.delete, text.save, text.delete):
            with pytest.raises(NoticeIsFixed):
                act()


# Who may.


@pytest.mark.parametrize(("name", "may"), [("Ada", True), ("Abe", True), ("Ben", False), ("Dee", False)])  # fmt: skip  # noqa: E501
def test_who_may_write_and_publish(house: House, name: str, may: bool) -> None:
    client = house.browser(name)
    assert client.get(PAGE).status_code == (200 if may else 403)
    assert client.post(f"{PAGE}add/", ENGLISH).status_code == (302 if may else 403)
    answer = client.post(f"{PAGE}publish/", {"effective": today(house)})
    assert answer.status_code == (302 if may else 403)
    assert (queries.standing(house.viewer()).newest is not None) is may


def test_actions_ask_for_the_permission_themselves(house: House) -> None:
    ben = house.viewer("Ben")
    acts: list[Any] = [
        lambda: actions.write(ben, wording=Wording(**ENGLISH)),
        lambda: actions.publish(ben, effective=today(house)),
        lambda: actions.take_out(ben, language="en"),
        lambda: actions.discard(ben),
        lambda: queries.standing(ben),
    ]
    for act in acts:
        with pytest.raises(NotPermitted):
            act()


def test_one_organisation_never_shows_or_changes_the_notice_of_another(house: House) -> None:
    published(house)
    cy = house.browser("Cy")
    assert "No notice yet" in text_of(cy.get(PAGE))
    theirs = f"/notice/{house.practice.organisation.id}/"
    assert browser().get(theirs).status_code == 404
    assert browser().get(f"{theirs}1/en/").status_code == 404
    cy.post(f"{PAGE}add/", ENGLISH | {"text": "Cedar keeps nothing."})
    cy.post(f"{PAGE}publish/", {"effective": today(house)})
    assert "Cedar keeps nothing" in text_of(browser().get(theirs))
    assert "Cedar keeps nothing" not in read(house)


def test_a_version_that_never_was_is_not_there(house: House) -> None:
    published(house)
    assert browser().get(address(house, "2/en/")).status_code == 404
    assert browser().get("/notice/00000000-0000-0000-0000-000000000000/").status_code == 404


# On patients' pages.


def link_on(page: str) -> str:
    head, _sep, rest = page.partition('hreflang="')
    assert rest, "no link to a notice"
    return head.rpartition('href="')[2].partition('"')[0] + " " + rest.partition('"')[0]


def test_every_page_of_a_form_links_the_notice_in_the_language_of_the_form(house: House) -> None:
    write(house)
    published(house, SPANISH)
    english = Patient(publish_form(house.clinic))
    spanish = Patient(publish_form(house.clinic, INTAKE | {"title": "Ingreso", "language": "es"}))
    pages = [english.open(), english.begin(), english.open(f"{english.path}leave/")]
    pages += [english.open(f"{english.path}check/"), spanish.open(), spanish.begin()]
    links = [link_on(page) for page in pages]
    assert links == [f"{address(house, 'en/')} en"] * 4 + [f"{address(house, 'es/')} es"] * 2
    assert "Aviso de prácticas de privacidad" in pages[-1]


def test_an_address_is_linked_itself_and_without_a_notice_there_is_no_link(house: House) -> None:
    pat = Patient(publish_form(house.clinic))
    assert "hreflang" not in pat.open()
    published(house, {"text": "", "address": "https://ashgrove.example/privacy"})
    assert link_on(pat.open()) == "https://ashgrove.example/privacy en"
    assert "on its own website" in read(house)


def test_error_pages_of_patients_link_the_notice_too(house: House) -> None:
    published(house)
    pat = Patient(publish_form(house.clinic))
    answer = pat.client.get(f"{pat.path}99/not-there/")
    assert answer.status_code == 404
    assert link_on(text_of(answer)) == f"{address(house, 'en/')} en"
