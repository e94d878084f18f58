"""Forms belong to locations: who sees them and what arrives, and what patients see of the place."""

from dataclasses import replace
from uuid import UUID

import pytest

from keepwell.products.forms.actions import authoring, links
from keepwell.products.forms.models import Form, Submission
from keepwell.products.forms.queries import inbox
from keepwell.products.forms.queries.authoring import forms_of
from keepwell.safeguards.access.errors import NotPermitted, OutOfReach
from keepwell.safeguards.access.locations import actions as locations
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.safeguards.persons import actions as persons
from keepwell.safeguards.persons import queries as person_queries
from keepwell.safeguards.records.disclosure import disclose
from keepwell.safeguards.records.events import RecordsEvent
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Location
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit.identifiers import uuid7
from tests.people import Clinic, Person, browser_of
from tests.products.forms.pages.patients import Patient, author, publish

HOURS = "Tuesdays, 9 am to noon"


@pytest.fixture
def river(clinic: Clinic) -> UUID:
    """Return the location that the clinic began with."""
    with wall.reading(clinic.organisation.id):
        found: Location = Location.objects.get()
    return found.pk


@pytest.fixture
def hill(clinic: Clinic, river: UUID) -> UUID:
    """Open a second one."""
    return clinic.open_location("Hillside", telephone="+1 555 0177", hours=HOURS)


@pytest.fixture
def ben(clinic: Clinic, river: UUID, hill: UUID) -> Person:
    """Let Ben work at the first location only."""
    return clinic.add("Ben", Role.MEMBER, at=frozenset({river}))


def viewer_at(clinic: Clinic, *at: UUID, role: Role = Role.MEMBER) -> Viewer:
    """Return a new colleague who belongs to these locations, as actions know them."""
    here = frozenset(at)
    actor = clinic.add(f"Eve{uuid7().hex}", role, at=here).user.pk
    return replace(author(clinic), actor=actor, role=role, locations=here, purpose="care")


def form_of(clinic: Clinic, number: int = 0) -> Form:
    with wall.reading(clinic.organisation.id):
        found: Form = Form.objects.order_by("pk")[number]
    return found


def put(clinic: Clinic, *at: UUID, form: Form | None = None) -> None:
    """Let a form belong to some locations."""
    which = form or form_of(clinic)
    authoring.move(author(clinic), form_id=which.pk, locations=frozenset(at))


def sent(clinic: Clinic, pat: Patient) -> Submission:
    pat.fill()
    pat.send()
    with wall.reading(clinic.organisation.id):
        found: Submission = Submission.objects.order_by("-pk")[0]
    return found


# What colleagues see.


def test_a_form_for_all_locations_is_seen_by_everybody(
    clinic: Clinic, pat: Patient, ben: Person
) -> None:
    row = sent(clinic, pat)
    page = browser_of(ben).get("/inbox/").content.decode()
    assert row.reference in page


def test_what_belongs_to_another_location_stands_in_no_list(
    clinic: Clinic, pat: Patient, ben: Person, hill: UUID
) -> None:
    row = sent(clinic, pat)
    put(clinic, hill)
    browser = browser_of(ben)
    for address in ("/", "/inbox/", f"/inbox/?form={row.form_id}", "/forms/", "/persons/"):
        page = browser.get(address).content.decode()
        assert row.reference not in page, address
        assert str(row.pk) not in page, address
        assert "Pat Whitfield" not in page, address
        assert "New patient intake" not in page, address
    found = browser.post("/persons/", {"name": "Pat Whitfield", "born": "1951-03-09"})
    assert "Nobody found" in found.content.decode()


def test_moving_a_form_moves_what_arrived_through_it_from_the_next_click_on(
    clinic: Clinic, pat: Patient, ben: Person, river: UUID, hill: UUID
) -> None:
    row = sent(clinic, pat)
    browser = browser_of(ben)
    statuses = []
    for at in ((river,), (hill,), (river, hill)):
        put(clinic, *at)
        statuses.append(browser.get(f"/inbox/{row.pk}/").status_code)
    assert statuses == [200, 404, 200]
    page = page_of_entries(author(clinic), kinds=["forms:form:move"])
    assert len(page.entries) == 3


def test_pages_lead_to_the_next_submission_of_the_own_locations_only(
    clinic: Clinic, pat: Patient, ben: Person, river: UUID, hill: UUID
) -> None:
    other = Patient(publish(clinic))
    put(clinic, river, form=form_of(clinic, 0))
    put(clinic, hill, form=form_of(clinic, 1))
    first, foreign, last = sent(clinic, pat), sent(clinic, other), sent(clinic, Patient(pat.token))
    here = viewer_at(clinic, river)
    assert inbox.neighbours_of(here, first) == (last.pk, None)
    assert inbox.neighbours_of(here, last) == (None, first.pk)
    assert [row.pk for row in inbox.page_of_inbox(here).rows] == [last.pk, first.pk]
    both = inbox.page_of_inbox(viewer_at(clinic, river, hill)).rows
    assert [row.pk for row in both] == [last.pk, foreign.pk, first.pk]


def test_nobody_opens_or_changes_by_an_action_what_belongs_elsewhere(
    clinic: Clinic, pat: Patient, river: UUID, hill: UUID
) -> None:
    row = sent(clinic, pat)
    put(clinic, hill)
    here = viewer_at(clinic, river, role=Role.ADMINISTRATOR)
    with wall.reading(clinic.organisation.id):
        link = row.form.links.get()
    for missing in (row.form_id, uuid7()):
        with pytest.raises(OutOfReach):
            authoring.upload(here, raw=form_of(clinic).working.encode(), form_id=missing)
        with pytest.raises(OutOfReach):
            authoring.publish(here, form_id=missing, marks={}, columns=[])
        with pytest.raises(OutOfReach):
            authoring.move(here, form_id=missing, locations=frozenset({river}))
        with pytest.raises(OutOfReach):
            links.make_link(here, form_id=missing)
    for missing in (link.pk, uuid7()):
        with pytest.raises(OutOfReach):
            links.revoke_link(here, link_id=missing)


def test_who_belongs_to_some_locations_uploads_for_those_and_moves_among_those(
    clinic: Clinic, pat: Patient, river: UUID, hill: UUID
) -> None:
    here = viewer_at(clinic, river, role=Role.ADMINISTRATOR)
    made = authoring.upload(here, raw=form_of(clinic).working.encode())
    assert made.pk in {line.form.pk for line in forms_of(here)}
    assert made.pk not in {line.form.pk for line in forms_of(viewer_at(clinic, hill))}
    for wrong in (None, frozenset({hill}), frozenset({river, hill})):
        with pytest.raises(NotPermitted):
            authoring.move(here, form_id=made.pk, locations=wrong)
    put(clinic, river, hill, form=made)
    authoring.move(here, form_id=made.pk, locations=frozenset({river}))
    assert made.pk in {line.form.pk for line in forms_of(viewer_at(clinic, hill))}
    whole = form_of(clinic)
    with pytest.raises(NotPermitted):
        authoring.move(here, form_id=whole.pk, locations=frozenset({river}))


def test_who_belongs_to_some_locations_changes_no_form_that_others_share(
    clinic: Clinic, pat: Patient, river: UUID, hill: UUID
) -> None:
    here = viewer_at(clinic, river, role=Role.ADMINISTRATOR)
    form = form_of(clinic)
    with wall.reading(clinic.organisation.id):
        link = form.links.get()
    raw = form.working.encode()
    acts = (
        lambda: authoring.upload(here, raw=raw, form_id=form.pk),
        lambda: authoring.publish(here, form_id=form.pk, marks={}, columns=[]),
        lambda: links.make_link(here, form_id=form.pk),
        lambda: links.allow_origins(here, link_id=link.pk, origins=("https://other.example",)),
        lambda: links.revoke_link(here, link_id=link.pk),
    )
    for act in acts:  # it belongs to all
        with pytest.raises(NotPermitted):
            act()
    put(clinic, river, hill)
    for act in acts:  # it belongs to another, too
        with pytest.raises(NotPermitted):
            act()
    put(clinic, river)
    for act in acts:
        act()


# Persons.


def test_a_match_that_is_joined_into_another_location_is_not_offered_to_join(
    clinic: Clinic, pat: Patient, ben: Person, river: UUID, hill: UUID
) -> None:
    others = [Patient(publish(clinic)) for _ in range(2)]
    for number, place in enumerate((river, river, hill)):
        put(clinic, place, form=form_of(clinic, number))
    this, match, root = (sent(clinic, one).person_id for one in (pat, *others))
    page, join = f"/persons/{this}/?for=care", f"/persons/{this}/join/{match}/"
    browser = browser_of(ben)
    assert join in browser.get(page).content.decode()
    persons.join(author(clinic), person=match, into=root, reason="Same, seen")
    assert "/join/" not in browser.get(page).content.decode()
    assert browser.get(join).status_code == 404
    everywhere = browser_of(clinic.owner)
    assert "/join/" in everywhere.get(page).content.decode()


def test_a_person_is_reached_through_an_own_submission_and_a_join_opens_no_other_location(
    clinic: Clinic, pat: Patient, river: UUID, hill: UUID
) -> None:
    other = Patient(publish(clinic))
    put(clinic, river, form=form_of(clinic, 0))
    put(clinic, hill, form=form_of(clinic, 1))
    here, there = sent(clinic, pat).person_id, sent(clinic, other).person_id
    viewer = viewer_at(clinic, river)
    offered = person_queries.person_with(viewer, here)
    assert person_queries.possible_matches(viewer, offered) == ()
    with pytest.raises(OutOfReach):
        persons.join(viewer, person=here, into=there, reason="Same")
    made = persons.join(author(clinic), person=here, into=there, reason="Same, seen")
    assert [one.pk for one in person_queries.persons_of(viewer)] == [here]
    assert [one.pk for one in person_queries.whole_of(viewer, here)] == [here]
    assert person_queries.joins_of(viewer, [here]) == ()
    with pytest.raises(OutOfReach):
        person_queries.join_with(viewer, made.pk)
    with pytest.raises(OutOfReach):
        person_queries.whole_of(viewer, there)
    assert [one.pk for one in person_queries.persons_of(author(clinic))] == [there]
    with disclose(replace(author(clinic), purpose="care"), "care") as scope:
        scope.open([person_queries.person_with(author(clinic), there)], "name")
    kinds = [RecordsEvent.FIELDS_OPEN]
    by_all, by_one = (
        {
            person
            for entry in person_queries.entries_about_whole(who, here, kinds=kinds).entries
            if entry.payload
            for subject in entry.payload.subjects
            for person in (*subject.ids, *subject.persons)
        }
        for who in (author(clinic), viewer)
    )
    assert there in by_all
    assert there not in by_one, "who opened the other's data is not this location's to see"


def test_who_opened_stays_whole_for_officers(
    clinic: Clinic, pat: Patient, ben: Person, river: UUID, hill: UUID
) -> None:
    row = sent(clinic, pat)
    put(clinic, river)
    browser_of(ben).get(f"/inbox/{row.pk}/?for=care")
    put(clinic, hill)
    kinds = [RecordsEvent.FIELDS_OPEN]
    found = person_queries.entries_about_whole(author(clinic), row.person_id, kinds=kinds)
    assert ben.user.pk in {entry.payload.actor for entry in found.entries if entry.payload}
    with pytest.raises(OutOfReach):
        person_queries.entries_about_whole(viewer_at(clinic, river), row.person_id, kinds=kinds)


# What patients see, and authors.


def test_patients_of_a_form_of_one_location_see_its_name_telephone_and_hours(
    clinic: Clinic, pat: Patient, river: UUID, hill: UUID
) -> None:
    assert "+1 555 0100" in pat.open()
    put(clinic, hill)
    page = pat.open()
    for words in ("Ashgrove Clinic", "Hillside", "+1 555 0177", HOURS):
        assert words in page
    assert "+1 555 0100" not in page
    put(clinic, river, hill)
    assert "Hillside" not in pat.open()


def test_what_a_location_does_not_say_the_organisation_says(clinic: Clinic, pat: Patient) -> None:
    put(clinic, clinic.open_location("Annex"))
    page = pat.open()
    assert "Annex" in page
    assert "+1 555 0100" in page


def test_a_closed_location_leaves_no_trace_with_patients(
    clinic: Clinic, pat: Patient, river: UUID, hill: UUID
) -> None:
    put(clinic, hill)
    locations.close(author(clinic), location=hill, move_to=river, reason="Merged")
    assert "Hillside" not in pat.open()


def test_an_author_moves_a_form_by_its_page(clinic: Clinic, pat: Patient, hill: UUID) -> None:
    ada = browser_of(clinic.owner)
    form = form_of(clinic)
    assert "All locations" in ada.get(f"/forms/{form.pk}/").content.decode()
    address = f"/forms/{form.pk}/locations/"
    assert ada.post(address, {}).status_code == 422
    assert ada.post(address, {"locations": [str(uuid7())]}).status_code == 422
    assert ada.post(address, {"locations": [str(hill)]}).status_code == 302
    assert "Hillside" in ada.get(f"/forms/{form.pk}/").content.decode()
    assert not form_of(clinic).is_everywhere
    both = ada.post(address, {"locations": ["all", str(hill)]})
    assert both.status_code == 422
    assert "Choose all locations, or some of them, not both." in both.content.decode()
    assert not form_of(clinic).is_everywhere
    assert ada.post(address, {"locations": ["all"]}).status_code == 302
    assert form_of(clinic).is_everywhere


def test_with_one_location_a_form_says_nothing_of_it(clinic: Clinic, pat: Patient) -> None:
    page = browser_of(clinic.owner).get(f"/forms/{form_of(clinic).pk}/").content.decode()
    assert "Move to other locations" not in page
