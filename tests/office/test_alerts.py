"""Alerts in the page and by mail: who sees them, who settles them, what is told to whom."""

from uuid import UUID

import pytest
from django.test import Client

from keepwell.safeguards.access.duties import Duty
from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit import writer
from keepwell.safeguards.monitoring import actions, queries, watch
from keepwell.safeguards.monitoring.errors import OwnAlert
from keepwell.safeguards.monitoring.events import MonitoringEvent
from keepwell.safeguards.monitoring.models import Alert
from keepwell.safeguards.monitoring.rules import FAILURES_LEAST, RULES
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.toolkit import clock
from tests.mailbox import mailed
from tests.office.alarms import acknowledge, alerts, export_trail, guess, look, sign_in
from tests.office.rooms import House, text_of
from tests.office.test_emergencies import acting_as
from tests.office.test_locations import HILL
from tests.office.test_officers import membership_of, name
from tests.people import SAFARI, browser

SUBJECT = "An alert in Keepwell"
NOTE = {"reason": "Ben forgot it; he called from the ward"}
ALERTS = "/alerts/"


@pytest.fixture
def alert(house: House) -> Alert:
    """Let somebody guess at Ben's password, and the rules find it."""
    guess(house.people["Ben"])
    (found,) = look(house)
    return found


@pytest.fixture
def own(house: House) -> Alert:
    """Let Abe export the trail, and the rules find it."""
    export_trail(house.people["Abe"])
    (found,) = look(house)
    return found


def one(alert: Alert) -> str:
    return f"{ALERTS}{alert.pk}/"


# In the page.


@pytest.mark.parametrize("who", ["Ada", "Abe", "Dee"])
def test_who_reads_the_trail_sees_alerts_and_how_many_in_the_rail(
    house: House, alert: Alert, who: str
) -> None:
    here = house.browser(who)
    page = text_of(here.get(ALERTS))
    assert "1 alert is open" in page
    assert "Many failed sign-ins: Ben" in page
    assert f"{FAILURES_LEAST} failed tries" in page
    assert '<span class="count">1<span' in text_of(here.get("/account/"))


def test_a_member_sees_none_and_neither_does_who_belongs_to_one_location(
    house: House, alert: Alert
) -> None:
    for address in (ALERTS, one(alert)):
        assert house.browser("Ben").get(address).status_code == 403
    hill = house.clinic.open_location(**HILL)
    eve = house.clinic.add("Eve", Role.ADMINISTRATOR, at=frozenset({hill}))
    house.people["Eve"] = eve
    assert house.browser("Eve").get(ALERTS).status_code == 403
    assert '<span class="count">' not in text_of(house.browser("Ben").get("/"))


def test_another_organisation_finds_nothing(house: House, alert: Alert) -> None:
    cy = house.browser("Cy")
    assert "No alert is open" in text_of(cy.get(ALERTS))
    assert cy.get(one(alert)).status_code == 404
    assert cy.post(one(alert), NOTE).status_code == 404
    assert alerts(house)[0].is_open


def test_one_alert_shows_its_entries_and_leads_to_them(house: House, alert: Alert) -> None:
    page = text_of(house.browser("Dee").get(one(alert)))
    assert page.count('class="line" href="/trail/') == FAILURES_LEAST or "entries from" in page
    for index in range(alert.first_index or 0, (alert.last_index or 0) + 1):
        assert f'href="/trail/{index}/"' in page
    assert "Ask its person" in page
    reads = house.payloads("audit:trail:open")
    assert reads[-1].actor == house.people["Dee"].user.pk


@pytest.mark.parametrize(
    ("is_known", "address", "said"),
    [
        (False, "198.51.100.9", "The browser; the network was known"),
        (True, "203.0.113.20", "The network; the browser was known"),
        (False, "203.0.113.20", "The browser and the network"),
    ],
)
def test_a_sign_in_from_a_new_place_says_what_was_new(
    house: House, ada: Client, is_known: bool, address: str, said: str
) -> None:
    first = browser(address="198.51.100.9")
    sign_in(house.people["Ben"], first)
    look(house)
    other = browser(address=address)
    if is_known:
        other.cookies = first.cookies
    sign_in(house.people["Ben"], other, later=1)
    (found,) = look(house)
    page = text_of(ada.get(one(found)))
    assert f"<dt>New was</dt><dd>{said}</dd>" in page


def test_of_another_alert_nothing_is_said_to_be_new(ada: Client, alert: Alert) -> None:
    assert "New was" not in text_of(ada.get(one(alert)))


def test_all_rules_stand_on_the_page_with_what_they_mean(house: House, ada: Client) -> None:
    page = text_of(ada.get(ALERTS))
    assert all(str(rule.title) in page for rule in RULES)


def test_the_first_page_names_it_to_who_settles_it_until_that_is_done(
    house: House, alert: Alert
) -> None:
    assert "1 alert is open" in text_of(house.browser("Abe").get("/"))
    assert "1 alert is open" not in text_of(house.browser("Dee").get("/"))
    acknowledge(house, alert)
    page = text_of(house.browser("Abe").get("/"))
    assert "alert is open" not in page
    assert '<span class="count">' not in page


# Acknowledging.


def test_it_is_acknowledged_with_a_note_that_is_on_the_trail_and_on_its_page(
    house: House, alert: Alert, ada: Client
) -> None:
    assert ada.post(one(alert), {"reason": " "}).status_code == 422
    assert ada.post(one(alert), NOTE)["Location"] == ALERTS
    (said,) = house.payloads(MonitoringEvent.ALERT_ACKNOWLEDGE)
    assert (said.actor, said.reason) == (house.people["Ada"].user.pk, NOTE["reason"])
    assert NOTE["reason"] in text_of(house.browser("Dee").get(one(alert)))
    page = text_of(ada.get(ALERTS))
    assert "No alert is open" in page
    assert "Many failed sign-ins" in page


def test_an_auditor_looks_and_does_not_acknowledge_unless_she_is_an_officer(
    house: House, alert: Alert
) -> None:
    dee = house.browser("Dee")
    assert "It waits for an owner" in text_of(dee.get(one(alert)))
    assert dee.post(one(alert), NOTE).status_code == 403
    assert alerts(house)[0].is_open
    name(house, "Dee")
    assert dee.post(one(alert), NOTE).status_code == 302
    assert not alerts(house)[0].is_open


def test_nobody_settles_what_they_did_themselves_while_somebody_else_can(
    house: House, own: Alert
) -> None:
    page = text_of(house.browser("Abe").get(one(own)))
    assert "A colleague acknowledges it" in page
    with pytest.raises(OwnAlert):
        acknowledge(house, own, "Abe")
    assert house.browser("Abe").post(one(own), NOTE).status_code == 409
    acknowledge(house, own, "Ada")
    assert not alerts(house)[0].is_open


@pytest.fixture
def guessed(house: House) -> Alert:
    """Let somebody guess at Abe's password, and the rules find it."""
    guess(house.people["Abe"])
    (found,) = look(house)
    return found


@pytest.fixture
def elsewhere(house: House) -> Alert:
    """Let Abe's account be used with a browser that it never used, and the rules find it."""
    sign_in(house.people["Abe"], browser())
    look(house)
    sign_in(house.people["Abe"], browser(agent=SAFARI), later=1)
    (found,) = look(house)
    return found


@pytest.mark.parametrize("which", ["guessed", "elsewhere"])
def test_whoever_took_an_account_over_does_not_settle_the_alert_about_it(
    house: House, which: str, request: pytest.FixtureRequest
) -> None:
    alert: Alert = request.getfixturevalue(which)
    assert "A colleague acknowledges it" in text_of(house.browser("Abe").get(one(alert)))
    assert house.browser("Abe").post(one(alert), NOTE).status_code == 409
    with pytest.raises(OwnAlert):
        acknowledge(house, alert, "Abe")
    assert alerts(house)[0].is_open
    acknowledge(house, alert, "Ada")
    assert not alerts(house)[0].is_open


@pytest.mark.parametrize("which", ["guessed", "elsewhere"])
def test_an_officer_hears_that_something_happened_to_the_own_account(
    house: House, which: str, request: pytest.FixtureRequest
) -> None:
    name(house, "Abe")
    request.getfixturevalue(which)
    assert "abe@example.org" in letters()


def test_an_account_at_whose_organisation_nobody_else_settles_settles_its_own(
    house: House,
) -> None:
    guess(house.people["Cy"])
    writer.stop()
    watch.look(house.practice.organisation.id)
    cy = house.viewer("Cy")
    (found,) = queries.open_ones(cy)
    actions.acknowledge(cy, alert=found.pk, note="I had forgotten it")
    assert queries.open_ones(cy) == []


def test_who_is_alone_settles_the_own_one(house: House) -> None:
    export_trail(house.people["Cy"])
    organisation = house.practice.organisation.id
    writer.stop()
    watch.look(organisation)
    cy = house.viewer("Cy")
    (found,) = queries.open_ones(cy)
    assert [letter.to for letter in mailed() if letter.subject == SUBJECT] == ["cy@example.org"]
    actions.acknowledge(cy, alert=found.pk, note="For our insurer")
    assert queries.open_ones(cy) == []


def test_a_member_cannot_acknowledge_and_the_first_note_stays(house: House, alert: Alert) -> None:
    with pytest.raises(NotPermitted):
        acknowledge(house, alert, "Ben")
    acknowledge(house, alert, "Ada")
    acknowledge(house, alert, "Abe")
    assert alerts(house)[0].acknowledged_by == house.people["Ada"].user.pk
    assert len(house.payloads(MonitoringEvent.ALERT_ACKNOWLEDGE)) == 1


def test_alerts_and_acknowledging_alert_about_nothing(house: House, alert: Alert) -> None:
    house.browser("Dee").get(one(alert))
    acknowledge(house, alert)
    assert len(look(house)) == 1


# By mail.


def letters() -> list[str]:
    """Return to whom letters about alerts went."""
    return sorted(one.to for one in mailed() if one.subject == SUBJECT)


def test_the_officers_are_told_in_one_letter_without_names(house: House, alert: Alert) -> None:
    (letter,) = (one for one in mailed() if one.subject == SUBJECT)
    assert letter.to == "ada@example.org"  # owners stand in
    whole = letter.raw.decode()
    assert "Many failed sign-ins" in letter.body
    assert f"/alerts/{alert.pk}/" in letter.body
    assert not any(word in whole for word in ("Ben", "ben@", "198.51.100"))


def test_named_officers_are_told_and_no_owner_then(house: House) -> None:
    for duty, who in ((Duty.SECURITY, "Dee"), (Duty.PRIVACY, "Abe")):
        name(house, who, duty)
    guess(house.people["Ben"])
    look(house)
    assert letters() == ["abe@example.org", "dee@example.org"]


def test_who_did_it_is_not_told_of_it_as_an_officer(house: House) -> None:
    for duty in Duty:
        name(house, "Abe", duty)
    export_trail(house.people["Abe"])
    look(house)
    assert letters() == ["ada@example.org"]


def test_what_follows_writes_no_letter_until_after_a_quiet_day(house: House, alert: Alert) -> None:
    with clock.moved(700):
        guess(house.people["Ben"], 1)
        look(house)
    assert len(letters()) == 1
    with clock.moved(2 * 24 * 3600):
        guess(house.people["Ben"], 1)
        look(house)
        assert len(letters()) == 2


def test_a_letter_speaks_the_language_of_its_reader(house: House) -> None:
    with wall.writing(house.clinic.organisation.id):
        Organisation.objects.update(locale="es")
    guess(house.people["Ben"])
    look(house)
    (letter,) = (one for one in mailed() if "alerts/" in one.body)
    assert b"Content-Language: es" in letter.raw


def test_emergency_access_writes_its_own_letter_only(house: House) -> None:
    from keepwell.office.emergencies import actions as emergencies  # noqa: PLC0415

    emergencies.begin(acting_as(house, "Abe"), reason="Unconscious")
    (found,) = look(house)
    assert found.rule == "emergency"
    assert letters() == []


def test_a_letter_about_a_settled_alert_is_not_written(house: House, alert: Alert) -> None:
    acknowledge(house, alert)
    assert letters() == []


def test_an_officer_who_left_meanwhile_gets_no_letter(house: House) -> None:
    name(house, "Dee")
    guess(house.people["Ben"])
    look(house)
    members.end(house.viewer(), membership=membership_of(house, "Dee"), reason="Moved away")
    assert "dee@example.org" not in letters()


def test_an_unknown_alert_is_not_found(house: House, ada: Client) -> None:
    assert ada.get(f"{ALERTS}{UUID(int=7)}/").status_code == 404
