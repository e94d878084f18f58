"""What is over stays within reach: each list of it has pages, and shows each row once."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from keepwell.jobs.models import Job, State
from keepwell.office.two_persons.acts import EXPORT_TRAIL
from keepwell.safeguards.access import paging
from keepwell.safeguards.access.models import Elevation, EmergencyAccess, Membership, Proposal
from keepwell.safeguards.monitoring.models import Alert
from keepwell.safeguards.monitoring.queries import SETTLED_ROWS, acknowledged_in
from keepwell.safeguards.monitoring.rules import RuleCode
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.office.rooms import House, text_of

OF_A_PAGE, IN_ALL = 2, 5
OLDER = re.compile(r'href="([^"]*)" rel="next"')


def _alert(house: House, hours: int) -> Any:
    moment = clock.now() - timedelta(hours=hours)
    times = dict.fromkeys(("first", "last", "raised", "told", "acknowledged"), moment)
    ben = house.people["Ben"].user.pk
    return Alert(rule=RuleCode.FAILED_SIGN_INS, about=ben, count=5, **times)


def _emergency(house: House, hours: int) -> Any:
    moment = clock.now() - timedelta(hours=hours)
    ended = {"until": moment, "ended": moment, "ended_because": "expired"}
    reviewed = {"reviewed": moment, "finding": "justified"}
    about = {"membership": _of_ben(house), "session": uuid7(), "role": "member"}
    return EmergencyAccess(begun=moment, **about, **ended, **reviewed)


def _elevation(house: House, hours: int) -> Any:
    moment = clock.now() - timedelta(hours=hours)
    facts = {"permissions": "person:export", "minutes": 60, "decision": "refused"}
    return Elevation(
        membership=_of_ben(house), asked=moment, lapses=moment, decided=moment, **facts
    )


def _proposal(house: House, hours: int) -> Any:
    moment = clock.now() - timedelta(hours=hours)
    facts = {"act": EXPORT_TRAIL.code, "about": {"form": "csv"}}
    return Proposal(proposed_by=uuid7(), proposed=moment, expires=moment, **facts)


def _of_ben(house: House) -> Membership:
    found: Membership = Membership.objects.get(user=house.people["Ben"].user)
    return found


LISTS: dict[str, tuple[str, Callable[[House, int], Any], str]] = {
    "alerts": ("/alerts/", _alert, r"/alerts/([0-9a-f-]{36})/"),
    "emergencies": ("/emergency/", _emergency, r"/emergency/([0-9a-f-]{36})/"),
    "elevations": ("/access/", _elevation, r'<time datetime="([^"]*)"'),
    "proposals": ("/two-persons/", _proposal, r"/two-persons/([0-9a-f-]{36})/"),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_what_is_over_is_paged_to_its_end(
    house: House, ada: Client, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(paging, "PAGE_ROWS", OF_A_PAGE)
    begin, made, shown = LISTS[name]
    organisation = house.clinic.organisation.id
    with wall.writing(organisation):
        for hours in range(1, IN_ALL + 1):
            row = made(house, hours)
            row.organisation_id = organisation
            row.save()
    pages, address = [], begin
    while address:
        page = text_of(ada.get(address))
        main = page[page.index("<main") :]
        pages.append(list(dict.fromkeys(re.findall(shown, main))))
        older = OLDER.search(main)
        address = begin + older.group(1) if older else ""
    assert [len(page) for page in pages] == [OF_A_PAGE, OF_A_PAGE, IN_ALL % OF_A_PAGE]
    assert len({one for page in pages for one in page}) == IN_ALL
    assert f"{OF_A_PAGE} of {IN_ALL} shown" in text_of(ada.get(begin))


def test_below_open_alerts_a_page_shows_fewer_settled_ones(house: House) -> None:
    organisation = house.clinic.organisation.id
    with wall.writing(organisation):
        for hours in range(1, SETTLED_ROWS + 3):
            row = _alert(house, hours)
            row.organisation_id = organisation
            row.save()
    first = acknowledged_in(house.viewer())
    second = acknowledged_in(house.viewer(), after=first.next)
    assert (len(first.rows), len(second.rows), second.next) == (SETTLED_ROWS, 2, None)


@pytest.mark.parametrize("state", [State.DONE, State.WAITING])
def test_what_failed_is_not_pushed_off(house: House, ada: Client, state: State) -> None:
    moment, ours = clock.now(), house.clinic.organisation.id
    facts = {"name": "office:account:write", "organisation": ours}
    Job.objects.create(
        state=State.DEAD, created=moment - timedelta(days=3), error="SMTPError", **facts
    )
    Job.objects.bulk_create(
        [Job(state=state, created=moment, run_after=moment, **facts) for _one in range(200)]
    )
    page = text_of(ada.get("/jobs/"))
    assert "SMTPError" in page
