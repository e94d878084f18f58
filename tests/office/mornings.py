"""Mornings at Ada's clinic: who chose the summary, and what the mail server is given."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from keepwell.jobs import queue
from keepwell.office.summaries import actions
from keepwell.office.summaries.jobs import plan_summaries, write_summary
from keepwell.products.forms.models import Submission
from keepwell.safeguards.access import registry, viewers
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from tests.jobs.doing import do, do_all
from tests.mailbox import Mailed, parse
from tests.office.rooms import House
from tests.products.forms.pages.patients import ABOUT_PAT, Patient

SUBJECT = "What waits for you in Keepwell"


@contextmanager
def at_hour(hour: int, zone: str = "UTC", *, days: int = 1) -> Iterator[date]:
    """Move the clock to a quarter past an hour of a coming day; give the day."""
    here = clock.now().astimezone(ZoneInfo(zone))
    then = (here + timedelta(days=days)).replace(hour=hour, minute=15)
    with clock.moved((then - here).total_seconds()):
        yield then.date()


def send(patient: Patient) -> None:
    patient.open()
    patient.begin()
    patient.answer(ABOUT_PAT)
    patient.answer({"Do you smoke?": "no"})
    patient.answer({})
    assert patient.send().status_code == 200
    do_all()


def choose(house: House, *names: str) -> None:
    for name in names:
        assert actions.choose(house.viewer(name))


def morning(told: list[bytes], *, days: int = 1) -> dict[str, Mailed]:
    """Do what a morning does; return the letters of it by address."""
    before = len(told)
    with at_hour(7, days=days):
        do(plan_summaries)
    found = [parse(raw) for raw in told[before:]]
    assert len({one.to for one in found}) == len(found)
    return {one.to.partition("@")[0]: one for one in found}


def open_all(house: House, who: str = "Ben") -> None:
    """Open the answers of every submission."""
    with wall.reading(house.clinic.organisation.id):
        ids = list(Submission.objects.values_list("pk", flat=True))
    for one in ids:
        assert house.browser(who).get(f"/inbox/{one}/?for=care").status_code == 200


def lines_for(house: House, name: str) -> list[str]:
    person = house.people[name]
    assert person.organisation
    viewer = viewers.absent(person.user.pk, person.organisation, job=person.user.pk)
    return [one.words for one in registry.summary_lines(viewer)] if viewer else []


def put(house: House, day: date, name: str = "Ben") -> UUID:
    return queue.put(
        write_summary,
        organisation=house.clinic.organisation.id,
        account=house.people[name].user.pk,
        day=day.toordinal(),
    )
