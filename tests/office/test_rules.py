"""Rules of use: what the organisation adds, who accepted what, and who may see it."""

import pytest
from django.test import Client

from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.viewers import console
from keepwell.safeguards.consent.errors import NothingWritten
from keepwell.safeguards.consent.models import Acceptance
from keepwell.safeguards.consent.terms import actions, queries, texts
from keepwell.safeguards.consent.terms.queries import Version
from keepwell.safeguards.consent.terms.texts import Kind
from keepwell.safeguards.tenancy import wall
from tests.office.rooms import House, text_of
from tests.people import accept_all, browser

PAGE = "/settings/rules/"
OWN = "# At the desk\n- The side door stays locked."


def kept(house: House) -> set[tuple[str, str, int, int]]:
    names = {person.user.pk: name for name, person in house.people.items()}
    with wall.reading(house.clinic.organisation.id):
        return {
            (names[row.account], row.kind, row.version, row.addition)
            for row in Acceptance.objects.all()
        }


def sign_in(house: House, name: str) -> tuple[Client, str]:
    """Sign in as somebody would; return where that led."""
    here, person = browser(), house.people[name]
    here.post("/sign-in/", {"email": person.email, "password": person.password})
    return here, str(here.post("/sign-in/code/", {"code": person.code()})["Location"])


# Accepting.


def test_everybody_accepts_the_rules_and_one_owner_the_terms(house: House) -> None:
    assert kept(house) == {
        ("Ada", "terms", 1, 0),
        *((name, "rules", 1, 0) for name in ("Ada", "Ben", "Dee", "Abe")),
    }
    assert queries.owed(house.viewer("Cy")) == []
    assert all(queries.owed(house.viewer(name)) == [] for name in ("Ada", "Ben"))


def test_a_second_owner_accepts_the_rules_and_not_the_terms_again(house: House) -> None:
    eve = house.clinic.add("Eve", Role.OWNER)
    house.people["Eve"] = eve
    assert ("Eve", "rules", 1, 0) in kept(house)
    assert ("Eve", "terms", 1, 0) not in kept(house)


def test_who_accepted_already_is_not_asked_at_sign_in(house: House) -> None:
    assert sign_in(house, "Ben")[1] == "/"


def test_a_new_version_is_asked_for_before_anything_else(house: House, ada: Client) -> None:
    assert "asked at the next sign-in" in text_of(ada.post(PAGE, {"text": OWN}, follow=True))
    here, address = sign_in(house, "Ben")
    assert address == "/sign-in/rules/"
    page = text_of(here.get(address))
    assert "Added by Ashgrove Clinic" in page
    assert "The side door stays locked." in page
    for path in ("/", "/inbox/", "/account/", "/account/rules/"):
        assert here.get(path)["Location"].startswith("/sign-in/"), path
    assert here.post(address, {"rules-1-1": "on"})["Location"] == "/"
    assert here.get("/account/").status_code == 200
    assert ("Ben", "rules", 1, 1) in kept(house)
    accepted = [one.detail for one in house.payloads("consent:rules:accept")]
    assert accepted[-1] == {"version": "1.1"}


@pytest.mark.parametrize("typed", [{}, {"rules-1-0": "on"}, {"rules-9-9": "on"}, {"rules": "on"}])
def test_without_the_tick_for_the_version_shown_nobody_gets_in(
    house: House, typed: dict[str, str]
) -> None:
    actions.publish_addition(house.viewer(), text=OWN)
    here, address = sign_in(house, "Ben")
    answer = here.post(address, typed or {"nothing": "1"})
    assert answer.status_code == 422
    assert "keep to the rules, or sign out" in text_of(answer)
    assert here.get("/account/")["Location"].startswith("/sign-in/")
    assert ("Ben", "rules", 1, 1) not in kept(house)


def test_whoever_does_not_accept_can_sign_out(house: House) -> None:
    actions.publish_addition(house.viewer(), text=OWN)
    here, address = sign_in(house, "Ben")
    assert 'action="/sign-out/"' in text_of(here.get(address))
    assert here.post("/sign-out/").status_code == 302
    assert here.get(address)["Location"].startswith("/sign-in/")


def test_nobody_accepts_what_they_were_not_shown(house: House) -> None:
    old = queries.rules_now(house.viewer()).version
    actions.publish_addition(house.viewer(), text=OWN)
    ben = house.viewer("Ben")
    assert actions.accept(ben, shown=[old, Version(Kind.RULES, 7, 7)]) is False
    assert queries.owed(ben) == [Version(Kind.RULES, 1, 1)]


def test_a_newer_text_of_ours_is_asked_for_too(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(texts.PRESENT, Kind.RULES, 2)
    monkeypatch.setitem(texts.PRESENT, Kind.TERMS, 2)
    assert queries.owed(house.viewer("Ben")) == [Version(Kind.RULES, 2)]
    assert [one.kind for one in queries.owed(house.viewer("Ada"))] == [Kind.TERMS, Kind.RULES]


def test_accepting_twice_keeps_it_once(house: House) -> None:
    before = len(house.payloads("consent:rules:accept"))
    accept_all(house.people["Ben"], Role.MEMBER)
    assert len(house.payloads("consent:rules:accept")) == before


def test_the_page_of_accepting_is_for_those_on_the_way_in_only(house: House, ada: Client) -> None:
    assert ada.get("/sign-in/rules/").status_code == 302
    assert browser().get("/sign-in/rules/")["Location"].startswith("/sign-in/")


# What the organisation adds.


def test_an_addition_is_a_version_on_the_trail_without_its_words(house: House, ada: Client) -> None:
    ada.post(PAGE, {"text": OWN})
    ada.post(PAGE, {"text": f"  {OWN}\n"})
    assert "Nothing was different" in text_of(ada.get(PAGE))
    ada.post(PAGE, {"text": ""})
    told = house.payloads("consent:rules:publish")
    assert [one.detail for one in told] == [{"number": "1"}, {"number": "2"}]
    assert b"side door" not in told[0].encode()
    assert queries.rules_now(house.viewer()).added == ""
    with pytest.raises(NothingWritten):
        actions.publish_addition(house.viewer(), text="")


def test_words_of_an_addition_are_escaped(house: House, ada: Client) -> None:
    ada.post(PAGE, {"text": "# <b>x</b>\n- <script>x</script>"})
    here, address = sign_in(house, "Ben")
    for page in (text_of(here.get(address)), text_of(ada.get("/account/rules/"))):
        assert "<script>x" not in page
        assert "&lt;script&gt;x" in page


def test_an_addition_that_is_too_long_is_said_and_kept_on_the_page(ada: Client) -> None:
    answer = ada.post(PAGE, {"text": "x" * 20_001})
    assert answer.status_code == 422
    assert "needs another look" in text_of(answer)


# Who sees it.


def test_the_owner_sees_who_accepted_and_who_has_yet_to(house: House, ada: Client) -> None:
    page = text_of(ada.get(PAGE))
    assert "Not yet" not in page.partition("“Not yet”")[0]
    assert "accepted for the organisation by Ada" in page
    ada.post(PAGE, {"text": OWN})
    accept_all(house.people["Ben"], Role.MEMBER)
    lines = {one.name: one for one in queries.lines(house.viewer()).rows}
    assert lines["Ben"].accepted is not None
    assert lines["Dee"].accepted is None
    assert lines["Dee"].before == "1"
    assert "Cy" not in lines


def test_a_member_reads_the_rules_and_when_they_were_accepted(house: House) -> None:
    page = text_of(house.browser("Ben").get("/account/rules/"))
    assert "You accepted it" in page
    assert "no photographs of the screen" in page


@pytest.mark.parametrize(
    ("name", "may"), [("Ada", True), ("Abe", True), ("Ben", False), ("Dee", False)]
)
def test_who_may_add_rules_and_see_who_accepted(house: House, name: str, may: bool) -> None:
    client = house.browser(name)
    assert client.get(PAGE).status_code == (200 if may else 403)
    assert client.post(PAGE, {"text": OWN}).status_code == (302 if may else 403)
    assert (queries.rules_now(house.viewer()).added == OWN) is may


def test_actions_and_queries_ask_for_the_permission_themselves(house: House) -> None:
    ben = house.viewer("Ben")
    with pytest.raises(NotPermitted):
        actions.publish_addition(ben, text=OWN)
    for query in (queries.lines, queries.count_missing, queries.terms_accepted):
        with pytest.raises(NotPermitted):
            query(ben)


def test_one_organisations_rules_are_not_anothers(house: House, ada: Client) -> None:
    ada.post(PAGE, {"text": OWN})
    cy = console(house.practice.organisation.id, account="tests")
    assert queries.rules_now(cy).added == ""
    assert sign_in(house, "Cy")[1] == "/"
    assert "side door" not in text_of(house.browser("Cy").get("/account/rules/"))
