"""Emergency access at the other location: what it reaches, until when, and what officers see."""

import re
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID

import pytest
from django.test import Client

from keepwell.products.forms.actions import authoring, links
from keepwell.products.forms.models import Form, FormLink, Submission
from keepwell.products.forms.queries.authoring import forms_of
from keepwell.safeguards.access.emergencies import actions as emergencies
from keepwell.safeguards.access.errors import NotPermitted, OutOfReach
from keepwell.safeguards.persons import actions as persons
from keepwell.safeguards.persons import queries
from keepwell.safeguards.persons.outside import actions as outside
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock
from tests.mailbox import mailed
from tests.office.rooms import House, text_of
from tests.office.test_emergencies import BEGIN, WHY, acting_as, begin
from tests.office.test_locations import HILL, first, send
from tests.products.forms.pages.patients import ABOUT_PAT, Patient, publish

HOUR = 3600
BEYOND = "It is an emergency: open the others"


@pytest.fixture
def hill(house: House) -> UUID:
    """Open Hillside, to which Ben and Abe belong and to nothing else."""
    made = house.clinic.open_location(**HILL)
    for name in ("Ben", "Abe"):
        send(house, name, frozenset({made}))
    return made


@pytest.fixture
def river(house: House, hill: UUID) -> Submission:
    """Let a form arrive at the first location."""
    patient = Patient(publish(house.clinic))
    patient.open()
    patient.begin()
    patient.answer(ABOUT_PAT)
    patient.answer({"Do you smoke?": "no"})
    patient.answer({})
    assert patient.send().status_code == 200
    with wall.reading(house.clinic.organisation.id):
        form = Form.objects.get()
    authoring.move(house.viewer(), form_id=form.pk, locations=frozenset({first(house).pk}))
    with wall.reading(house.clinic.organisation.id):
        found: Submission = Submission.objects.get()
    return found


@pytest.fixture
def ben(house: House, hill: UUID) -> Client:
    """Open a browser of the member at Hillside."""
    return house.browser("Ben")


def pages_of(row: Submission) -> list[str]:
    return [f"/persons/{row.person_id}/?for=emergency", f"/inbox/{row.pk}/?for=emergency"]


def statuses(browser: Client, row: Submission) -> list[int]:
    return [browser.get(address).status_code for address in pages_of(row)]


def in_emergency(house: House, hill: UUID, who: str = "Ben") -> Viewer:
    """Return somebody in an emergency, as actions know them."""
    viewer = replace(acting_as(house, who), locations=frozenset({hill}))
    row, _ = emergencies.begin(viewer, reason=WHY["reason"])
    return replace(viewer, emergency=row.pk)


@pytest.mark.parametrize("who", ["Ben", "Abe"])
def test_the_record_of_another_location_opens_while_it_is_on(
    house: House, river: Submission, who: str
) -> None:
    browser = house.browser(who)
    assert set(statuses(browser, river)) <= {403, 404}
    begin(browser, house, who)
    assert statuses(browser, river) == [200, 200]
    assert "Pat Whitfield" in text_of(browser.get(pages_of(river)[0]))
    assert river.reference in text_of(browser.get("/inbox/"))
    assert str(river.person_id) in text_of(browser.get("/persons/"))


def test_before_and_after_it_answers_like_one_that_never_was(
    house: House, ben: Client, river: Submission
) -> None:
    assert statuses(ben, river) == [404, 404]
    begin(ben, house, "Ben")
    ben.post("/emergency/end/")
    assert statuses(ben, river) == [404, 404]
    assert river.reference not in text_of(ben.get("/inbox/"))


def test_it_ends_at_the_moment_it_expires(house: House, ben: Client, river: Submission) -> None:
    row = begin(ben, house, "Ben")
    for minutes in range(10, 60, 10):
        with clock.moved(minutes * 60):
            ben.get("/")  # the session goes on
    with clock.moved(seconds_to(row.until) - 120):  # machines under load are slow
        assert statuses(ben, river) == [200, 200]
    with clock.moved(seconds_to(row.until)):
        assert statuses(ben, river) == [404, 404]


def seconds_to(moment: datetime) -> float:
    return (moment - clock.now()).total_seconds()


def test_it_counts_in_the_session_that_began_it_and_for_nobody_else(
    house: House, ben: Client, river: Submission
) -> None:
    begin(ben, house, "Ben")
    assert statuses(house.browser("Ben"), river) == [404, 404]
    assert set(statuses(house.browser("Abe"), river)) <= {403, 404}


def test_another_organisations_records_stay_behind_the_wall(
    house: House, ben: Client, river: Submission
) -> None:
    foreign = persons.create_person(house.viewer("Cy"), name="Cyn Doe").pk
    begin(ben, house, "Ben")
    assert ben.get(f"/persons/{foreign}/?for=emergency").status_code == 404


def test_forms_links_and_acts_keep_to_the_own_locations(
    house: House, hill: UUID, river: Submission
) -> None:
    viewer = in_emergency(house, hill, "Abe")
    assert forms_of(viewer) == []
    with wall.reading(viewer.organisation):
        link = FormLink.objects.get()
    with pytest.raises(OutOfReach):
        links.revoke_link(viewer, link_id=link.pk)
    other = house.person(name="Pat Whitfield")
    member = in_emergency(house, hill)
    with pytest.raises(OutOfReach):
        persons.join(member, person=other, into=river.person_id, reason=WHY["reason"])
    with pytest.raises(OutOfReach):
        outside.note(
            member,
            person=river.person_id,
            made=clock.now().date(),
            recipient="A court",
            what="All",
            purpose="An order",
        )


def test_pages_of_the_other_location_offer_no_act_that_would_be_refused(
    house: House, ben: Client, river: Submission
) -> None:
    begin(ben, house, "Ben")
    accounting = f"/persons/{river.person_id}/disclosures/"
    page = text_of(ben.get(accounting))
    assert "disclosures/add/" not in page
    assert ben.get(f"{accounting}add/").status_code == 404


def test_the_facts_of_a_person_are_corrected_at_the_own_location_only(
    house: House, hill: UUID, ben: Client, river: Submission
) -> None:
    person = river.person_id
    row = queries.person_with(house.viewer(), person)
    correct = partial(
        persons.correct_person,
        person=person,
        seen=row.entry_id,
        reason=WHY["reason"],
        name="Pam Winters",
        born=None,
        email=None,
        telephone=None,
    )
    for viewer in (
        replace(acting_as(house, "Ben"), locations=frozenset({hill})),
        in_emergency(house, hill),
    ):
        with pytest.raises(OutOfReach):
            correct(viewer)
    page, address = pages_of(river)[0], f"/persons/{person}/facts/"
    sent = {"name": "Pam Winters", "seen": str(row.entry_id), **WHY}
    assert [ben.get(address).status_code, ben.post(address, sent).status_code] == [404, 404]
    begin(ben, house, "Ben")
    shown = ben.get(page)
    assert shown.status_code == 200
    assert address not in text_of(shown)
    assert [ben.get(address).status_code, ben.post(address, sent).status_code] == [404, 404]
    here = frozenset({first(house).pk})
    send(house, "Ben", here)
    near = replace(acting_as(house, "Ben"), locations=here)
    assert correct(near)


def test_whoever_belongs_to_all_and_opens_it_anyway_breaks_no_glass(house: House) -> None:
    with pytest.raises(NotPermitted):
        emergencies.begin(acting_as(house, "Ben"), reason="Curious")


def test_lists_say_what_they_leave_out_and_offer_the_emergency_way(
    house: House, ben: Client, ada: Client, river: Submission
) -> None:
    for address in ("/persons/", "/inbox/"):
        page = text_of(ben.get(address))
        assert BEYOND in page
        assert f"{BEGIN}?next={address.replace('/', '%2F')}" in page
        assert BEYOND not in text_of(ada.get(address))
    begin(ben, house, "Ben")
    assert BEYOND not in text_of(ben.get("/persons/"))


def test_every_opening_is_marked_and_the_officer_sees_how_many_records_were_elsewhere(
    house: House, ben: Client, ada: Client, river: Submission
) -> None:
    row = begin(ben, house, "Ben")
    review = f"/emergency/{row.pk}/"
    house.entries()
    assert "No record of another location was opened" in text_of(ada.get(review))
    for _twice in range(2):
        assert statuses(ben, river) == [200, 200]
    [*_, opened] = house.payloads("records:fields:open")
    assert opened.detail["emergency"] == str(row.pk)
    page = re.sub(r"<[^>]+>", "", text_of(ada.get(review)))
    # The person and the submission.
    assert "2 records of other locations, or kept for other colleagues, were opened" in page
    assert "at all locations" in mailed()[-1].body


def test_what_is_of_the_own_location_is_not_counted(
    house: House, ben: Client, ada: Client, river: Submission, hill: UUID
) -> None:
    authoring.move(
        house.viewer(), form_id=river.form_id, locations=frozenset({hill, first(house).pk})
    )
    row = begin(ben, house, "Ben")
    assert statuses(ben, river) == [200, 200]
    house.entries()
    assert "No record of another location was opened" in text_of(ada.get(f"/emergency/{row.pk}/"))


def test_of_somebody_who_belongs_to_all_nothing_is_counted(
    house: House, ada: Client, river: Submission
) -> None:
    row = begin(house.browser("Dee"), house, "Dee")
    house.entries()
    assert "other location" not in text_of(ada.get(f"/emergency/{row.pk}/"))
