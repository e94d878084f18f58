"""Each rule is met by its real cause, through the pages, and not by what is nearly so."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from keepwell.config import trail_check
from keepwell.safeguards.access.emergencies import actions as emergencies
from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit import queries as trail
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.search import Search
from keepwell.safeguards.identity import sessions
from keepwell.safeguards.identity.models import SessionRecord, Stage
from keepwell.safeguards.monitoring import watch
from keepwell.safeguards.monitoring.rules import (
    COPIES_LEAST,
    ERASURES_LEAST,
    FAILURES_LEAST,
    READS_LEAST,
    SPRAYED_LEAST,
    RuleCode,
)
from keepwell.safeguards.persons import actions as persons
from keepwell.safeguards.persons import exports, queries
from keepwell.toolkit import clock
from tests.office.alarms import (
    BORN,
    acknowledge,
    alerts,
    export_trail,
    fill,
    guess,
    look,
    page_through,
    raised,
    sign_in,
)
from tests.office.rooms import House
from tests.office.test_officers import membership_of
from tests.people import SAFARI, browser, browser_of
from tests.products.forms.pages.patients import Patient
from tests.safeguards.audit.tampering import Hands

HOME = "203.0.113.20"


# Failed sign-ins.


def test_five_wrong_passwords_alert_and_name_whose_account_it_is(house: House) -> None:
    guess(house.people["Ben"])
    assert raised(house) == [RuleCode.FAILED_SIGN_INS]
    (alert,) = look(house)
    assert (alert.about, alert.count) == (house.people["Ben"].user.pk, FAILURES_LEAST)


def test_wrong_codes_count_with_wrong_passwords(house: House) -> None:
    here = browser()
    guess(house.people["Ben"], FAILURES_LEAST - 1, here)
    here.post("/sign-in/", {"email": "ben@example.org", "password": house.people["Ben"].password})
    here.post("/sign-in/code/", {"code": "000000"})
    assert raised(house) == [RuleCode.FAILED_SIGN_INS]


def test_four_do_not_nor_five_by_two_colleagues(house: House) -> None:
    guess(house.people["Ben"], FAILURES_LEAST - 1)
    guess(house.people["Abe"], FAILURES_LEAST - 1)
    assert raised(house) == []


def test_five_over_a_whole_day_do_not(house: House) -> None:
    for hours in range(FAILURES_LEAST):
        with clock.moved(hours * 3600):
            guess(house.people["Ben"], 1)
    assert raised(house) == []


def test_guessing_at_an_account_of_elsewhere_alerts_there_only(house: House) -> None:
    guess(house.people["Cy"])
    assert raised(house) == []
    writer.stop()
    watch.look(house.practice.organisation.id)
    assert raised(House(house.practice, house.clinic, house.people)) == [RuleCode.FAILED_SIGN_INS]


# One password, many accounts.


def tried_on_many(house: House, accounts: int, *, known: bool = True) -> None:
    """Give a wrong password for so many colleagues, from a network that some of them know."""
    everybody = [house.clinic.add(f"Many{number}", Role.MEMBER) for number in range(accounts)]
    for one in everybody:
        sign_in(one, browser(address=HOME if known else "192.0.2.9"))
    house.entries()  # in the log before what comes now: they are stamped with the next half-minute
    for one in everybody:
        guess(one, 1, browser(address=HOME))


def test_a_wrong_password_for_each_of_many_accounts_alerts(house: House) -> None:
    tried_on_many(house, SPRAYED_LEAST, known=False)
    assert raised(house) == [RuleCode.SPRAYING]
    (alert,) = look(house)
    assert (alert.account, alert.count) == (None, SPRAYED_LEAST)


def test_fewer_do_not(house: House) -> None:
    tried_on_many(house, SPRAYED_LEAST - 1, known=False)
    assert raised(house) == []


def test_many_who_mistype_where_they_always_sign_in_do_not(house: House) -> None:
    tried_on_many(house, SPRAYED_LEAST)
    assert raised(house) == []


# New device or network.


def test_a_browser_not_seen_before_alerts_from_the_second_sign_in_on(house: House) -> None:
    sign_in(house.people["Ben"], browser())
    assert raised(house) == []
    sign_in(house.people["Ben"], browser(agent=SAFARI), later=1)
    assert raised(house) == [RuleCode.NEW_PLACE]


def test_a_network_not_seen_before_alerts_also_with_a_known_browser(house: House) -> None:
    known = browser()
    sign_in(house.people["Ben"], known)
    sign_in(house.people["Ben"], known, later=1)
    assert raised(house) == []
    elsewhere = browser(address=HOME)
    elsewhere.cookies = known.cookies
    sign_in(house.people["Ben"], elsewhere, later=2)
    assert raised(house) == [RuleCode.NEW_PLACE]


def test_the_same_network_again_counts_up_and_does_not_alert_anew(house: House) -> None:
    known = browser()
    sign_in(house.people["Ben"], known)
    sign_in(house.people["Ben"], browser(agent=SAFARI), later=1)
    sign_in(house.people["Ben"], known, later=2)
    assert [one.count for one in look(house)] == [1]
    sign_in(house.people["Ben"], browser(agent=SAFARI), later=3)
    assert [one.count for one in look(house)] == [2]


# Mass reads.


def test_paging_through_two_hundred_patients_alerts(house: House) -> None:
    fill(house)
    pages = page_through(browser_of(house.people["Ben"]))
    assert pages == READS_LEAST // 25
    assert raised(house) == [RuleCode.MASS_READ]
    assert [(one.about, one.count) for one in look(house)] == [
        (house.people["Ben"].user.pk, READS_LEAST)
    ]


def test_looking_two_hundred_patients_up_alerts_too(house: House) -> None:
    days = [BORN - timedelta(days=n) for n in range(READS_LEAST // 25)]
    for n in range(READS_LEAST):
        persons.create_person(house.viewer(), name=f"Patient {n}", born=days[n // 25])
    here = browser_of(house.people["Dee"])  # who opens no name, and learns who is known
    for day in days:
        assert len(here.post("/persons/", {"born": str(day)}).context["rows"]) == 25
    assert raised(house) == [RuleCode.MASS_READ]


def test_reading_the_same_fifty_all_morning_does_not(house: House) -> None:
    fill(house, 50)
    here = browser_of(house.people["Ben"])
    for _ in range(10):
        page_through(here)
    assert raised(house) == []


def test_two_colleagues_who_share_the_reading_do_not(house: House) -> None:
    fill(house, READS_LEAST - 25)
    for name in ("Ben", "Ada"):
        page_through(browser_of(house.people[name]))
    assert raised(house) == []


# Exports.


def test_an_export_of_the_trail_alerts_and_reading_it_does_not(house: House) -> None:
    here = browser_of(house.people["Dee"])
    assert here.get("/trail/").status_code == 200
    assert raised(house) == []
    export_trail(house.people["Dee"])
    assert raised(house) == [RuleCode.TRAIL_EXPORT]


def test_a_copy_for_one_patient_does_not_alert_but_copies_of_three_do(house: House) -> None:
    people = [house.person(name=f"Patient {n}") for n in range(COPIES_LEAST)]
    for one in (people[0], people[0], people[0], people[1]):
        exports.order(house.viewer(), person=one, reason="Asked at the desk")
    assert raised(house) == []
    exports.order(house.viewer(), person=people[2], reason="Asked at the desk")
    assert raised(house) == [RuleCode.PERSON_EXPORTS]


def test_two_patients_who_are_erased_do_not_alert_but_three_do(house: House) -> None:
    people = [house.person(name=f"Patient {n}") for n in range(ERASURES_LEAST)]
    for one in people[1:]:
        persons.erase_person(house.viewer(), person=one, reason="Asked at the desk")
    assert raised(house) == []
    persons.erase_person(house.viewer(), person=people[0], reason="Asked at the desk")
    assert raised(house) == [RuleCode.PERSON_ERASURES]
    (alert,) = alerts(house)
    assert (alert.about, alert.count) == (house.people["Ada"].user.pk, ERASURES_LEAST)


def test_what_goes_with_an_erased_patient_does_not_count(house: House, sent: Patient) -> None:
    """Not the forms, which go with whoever sent them: one person is one."""
    assert sent
    whom = [one.pk for one in queries.persons_of(house.viewer(), limit=1)]
    for one in (*whom, house.person(name="Patient")):
        persons.erase_person(house.viewer(), person=one, reason="Asked at the desk")
    assert raised(house) == []


# Emergency access.


def test_emergency_access_alerts_and_asking_for_access_does_not(house: House) -> None:
    here = browser_of(house.people["Abe"])
    assert here.get("/emergency/").status_code == 200
    assert raised(house) == []
    session = sessions.standing_of(house.people["Abe"].user)[0].pk
    viewer = replace(house.viewer("Abe"), session=session)
    emergencies.begin(viewer, reason="A patient is unconscious")
    assert raised(house) == [RuleCode.EMERGENCY]


# The trail itself.


def test_an_entry_changed_in_the_store_alerts_by_the_check(house: House, hands: Hands) -> None:
    writer.stop()
    assert trail_check.check_all() == 0
    assert raised(house) == []
    hands.change("UPDATE trail_entry SET kind = 'x' WHERE organisation_id = :org AND \"index\" = 2")
    assert trail_check.check_all() == 1
    (alert,) = alerts(house)
    assert (alert.rule, alert.finding) == (RuleCode.TRAIL_BROKEN, "edited")
    assert alert.account is None


def test_checks_that_find_the_same_alert_once_until_a_day_after_it_was_settled(
    house: House, hands: Hands
) -> None:
    writer.stop()
    hands.change("UPDATE trail_entry SET kind = 'x' WHERE organisation_id = :org AND \"index\" = 2")
    for _ in range(3):
        trail_check.check_all()
    (alert,) = alerts(house)
    acknowledge(house, alert)
    trail_check.check_all()
    assert len(alerts(house)) == 1
    with clock.moved(25 * 3600):
        trail_check.check_all()
    assert len(alerts(house)) == 2


# Somebody who left.


def leave(house: House, name: str = "Ben") -> None:
    members.end(house.viewer(), membership=membership_of(house, name), reason="Moved away")


def test_an_act_after_access_ended_alerts(house: House, pat: UUID) -> None:
    begun_before = house.viewer("Ben")
    leave(house)
    assert raised(house) == []
    with clock.moved(10):
        trail.page_of(begun_before, Search(), None, 10)
    assert raised(house) == [RuleCode.LEAVER]


def test_what_was_done_before_and_signing_out_with_the_end_does_not(
    house: House, pat: UUID
) -> None:
    here = browser_of(house.people["Ben"])
    assert here.get(f"/persons/{pat}/?for=care").status_code == 200
    leave(house)
    with clock.moved(10):
        assert here.get(f"/persons/{pat}/?for=care").status_code == 302
        guess(house.people["Ben"], 2)
    assert raised(house) == []


def test_a_session_that_stands_after_access_ended_alerts(house: House) -> None:
    leave(house)
    SessionRecord.objects.filter(user=house.people["Ben"].user).delete()
    sessions.open_session(
        house.people["Ben"].user, stage=Stage.FULL, organisation=house.clinic.organisation.id
    )
    assert raised(house) == [RuleCode.LEAVER]


def test_somebody_who_came_back_is_no_leaver(house: House) -> None:
    row = membership_of(house, "Ben")
    leave(house)
    members.readmit(
        house.viewer(), membership=row, role=Role.MEMBER, locations=None, reason="Came back"
    )
    with clock.moved(10):
        browser_of(house.people["Ben"]).get("/persons/")
    assert raised(house) == []
