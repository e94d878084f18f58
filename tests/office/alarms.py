"""What tests of alerts do and look at: acts that alert, the watch, and the alerts it raised."""

from datetime import date
from typing import Any
from uuid import UUID

from django.test import Client

from keepwell.safeguards.access import viewers
from keepwell.safeguards.audit import writer
from keepwell.safeguards.monitoring import actions, queries, watch
from keepwell.safeguards.monitoring.models import Alert
from keepwell.safeguards.monitoring.rules import FAILURES_LEAST, READS_LEAST
from keepwell.safeguards.persons import actions as persons
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from tests.half_minute import early_in_a_half_minute
from tests.office.rooms import House
from tests.people import PASSWORD, Person, browser, browser_of, show_both_steps

BORN = date(1984, 3, 9)


def look(house: House) -> list[Alert]:
    """Let the rules look at what is new at Ada's clinic; return every alert, oldest first."""
    writer.stop()
    watch.look(house.clinic.organisation.id)
    writer.stop()
    return alerts(house)


def alerts(house: House) -> list[Alert]:
    """Return every alert of Ada's clinic, oldest first."""
    with wall.reading(house.clinic.organisation.id):
        return list(Alert.objects.order_by("raised", "id"))


def raised(house: House) -> list[str]:
    """Return the codes of the open alerts, once the rules have looked."""
    look(house)
    console = viewers.console(house.clinic.organisation.id, account="tests")
    return sorted(one.rule for one in queries.open_ones(console))


def acknowledge(house: House, alert: Alert, who: str = "Ada") -> None:
    """Settle an alert."""
    actions.acknowledge(house.viewer(who), alert=alert.pk, note="Asked; it was right")


def export_trail(person: Person) -> None:
    """Export the trail by the page, after both steps again."""
    here = browser_of(person)
    show_both_steps(here, person, "trail-export")
    assert here.get("/trail/export/?form=csv").status_code == 200


def guess(person: Person, times: int = FAILURES_LEAST, here: Client | None = None) -> None:
    """Type a wrong password so many times, waiting where the door asks for it."""
    here = here or browser()
    for n in range(times):
        with clock.moved(max(0, n - FAILURES_LEAST + 1) * 310):
            here.post("/sign-in/", {"email": person.email, "password": f"wrong word {n}"})


def sign_in(person: Person, here: Client, *, later: int = 0) -> Any:
    """Sign in with both steps, some half-minutes later: a code is accepted once."""
    with clock.moved(30 * later), early_in_a_half_minute():
        here.post("/sign-in/", {"email": person.email, "password": PASSWORD})
        return here.post("/sign-in/code/", {"code": person.code()})


def fill(house: House, patients: int = READS_LEAST) -> list[UUID]:
    """Make so many patients known to the clinic; return their ids."""
    names = (f"Patient {n}" for n in range(patients))
    return [persons.create_person(house.viewer(), name=name, born=BORN).pk for name in names]


def page_through(here: Client) -> int:
    """Open every page of the list of people; return how many there were."""
    address, pages = "/persons/?for=care", 0
    while address:
        answer = here.get(address)
        assert answer.status_code == 200
        pages += 1
        older = answer.context["older"]
        address = f"/persons/?for=care&before={older}" if older else ""
    return pages
