"""The daily summary: who gets it and what it says, by the rights and the choice of that moment."""

import json
import os
import re
import socket
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pytest_django import Settings

from keepwell.jobs import queue
from keepwell.jobs.models import State
from keepwell.office.models import SummaryLetter
from keepwell.office.summaries import actions
from keepwell.office.summaries.jobs import day_of, plan_summaries
from keepwell.products.forms.models import Submission
from keepwell.safeguards.access import viewers
from keepwell.safeguards.access.elevations import actions as elevations
from keepwell.safeguards.access.manifest import SummaryLine
from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.mail.servers import Server, Tls
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from tests.jobs.doing import do, do_all
from tests.mail_server import mail_server
from tests.mailbox import parse
from tests.office.alarms import guess, look
from tests.office.mornings import SUBJECT, at_hour, choose, lines_for, morning, open_all, put, send
from tests.office.rooms import House
from tests.office.test_locations import HILL
from tests.office.test_officers import membership_of
from tests.products.forms.pages.patients import ABOUT_PAT, Patient, publish
from tests.stores.session import SETTINGS_MODULE, Stores

NOBODY = "submission that nobody has opened"


# Who gets it, when, and what it says.


def test_nobody_gets_it_who_did_not_choose_it(
    house: House, sent: Patient, told: list[bytes]
) -> None:
    assert morning(told) == {}
    choose(house, "Ben")
    assert set(morning(told, days=2)) == {"ben"}


def test_it_counts_what_nobody_has_opened_and_names_nothing(
    house: House, sent: Patient, told: list[bytes], settings: Settings
) -> None:
    send(Patient(sent.token))
    choose(house, "Ben")
    letter = morning(told)["ben"]
    assert letter.subject == SUBJECT
    assert "2 submissions that nobody has opened" in letter.body
    assert f"{settings.KEEPWELL_STAFF_URL}/inbox/" in letter.body
    text = letter.raw.decode().replace("=\r\n", "")
    for word in (*ABOUT_PAT["Full name"].split(), "intake", "Ada"):
        assert word not in text
    without_link = re.sub(r"/unsubscribe/[\w-]+/", "", letter.body)
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}|KW-", without_link)


def test_a_name_seen_in_the_inbox_is_not_opened_and_opened_answers_wait_no_more(
    house: House, sent: Patient, told: list[bytes]
) -> None:
    choose(house, "Ben")
    house.browser("Ada").get("/inbox/")
    assert f"1 {NOBODY}" in morning(told)["ben"].body
    open_all(house, "Ada")
    assert morning(told, days=2) == {}


def test_it_comes_once_a_day_and_in_the_morning_only(
    house: House, sent: Patient, told: list[bytes]
) -> None:
    choose(house, "Ben")
    for hour in (6, 7, 8, 11, 12, 23):
        with at_hour(hour):
            do(plan_summaries)
            do(plan_summaries)
        assert len(told) == (1 if hour >= 7 else 0), hour
    assert set(morning(told, days=2)) == {"ben"}


def test_nothing_waits_at_seven_means_no_letter_that_day(house: House, told: list[bytes]) -> None:
    choose(house, "Ben")
    patient = Patient(publish(house.clinic))
    assert morning(told) == {}
    with at_hour(7):
        send(patient)
        do(plan_summaries)
    assert told == []


@pytest.mark.parametrize(
    ("zone", "utc", "day"),
    [
        ("America/Los_Angeles", "2026-11-24T15:00", date(2026, 11, 24)),
        ("America/Los_Angeles", "2026-11-24T14:59", None),
        ("America/Los_Angeles", "2026-07-24T14:00", date(2026, 7, 24)),
        ("Asia/Kathmandu", "2026-11-24T01:15", date(2026, 11, 24)),
        ("Pacific/Auckland", "2026-11-23T18:00", date(2026, 11, 24)),
        ("Pacific/Auckland", "2026-11-23T23:00", None),
    ],
)
def test_seven_is_the_organisations_own(
    house: House, zone: str, utc: str, day: date | None
) -> None:
    house.clinic.organisation.time_zone = zone
    moment = datetime.fromisoformat(f"{utc}:00+00:00")
    assert day_of(house.clinic.organisation, moment) == day


def test_requests_are_counted_for_those_who_can_decide_and_alerts_for_those_who_see_them(
    house: House, told: list[bytes]
) -> None:
    guess(house.people["Ben"])
    look(house)
    elevations.ask(
        house.viewer("Ben"), permissions=["trail:read"], minutes=60, reason="Year-end report"
    )
    do_all()
    told.clear()
    choose(house, "Ada", "Ben", "Dee", "Abe")
    with at_hour(7):
        found = {name: lines_for(house, name) for name in ("Ada", "Ben", "Dee", "Abe")}
    both = ["1 open alert", "1 request for access waits for you"]
    assert found == {"Ada": both, "Ben": [], "Dee": both[:1], "Abe": both}
    letters = morning(told)
    assert set(letters) == {"ada", "dee", "abe"}
    assert "1 open alert\n" in letters["dee"].body.replace("\r", "")
    assert "Year-end" not in letters["ada"].raw.decode()


def test_ones_own_request_waits_for_somebody_else(house: House) -> None:
    elevations.ask(
        house.viewer("Abe"), permissions=["submission:list"], minutes=60, reason="Year-end"
    )
    assert "1 request for access waits for you" in lines_for(house, "Ada")
    assert lines_for(house, "Abe") == []


# Rights are those of the moment at which it is sent.


def test_whoever_may_open_nothing_is_told_nothing(
    house: House, sent: Patient, told: list[bytes]
) -> None:
    choose(house, "Ben", "Dee", "Abe")
    assert set(morning(told)) == {"ben"}


def test_another_role_counts_from_the_next_letter_on(
    house: House, sent: Patient, told: list[bytes]
) -> None:
    choose(house, "Ben")
    assert set(morning(told)) == {"ben"}
    members.move(
        house.viewer(),
        membership=membership_of(house, "Ben"),
        role=Role.AUDITOR,
        locations=None,
        reason="Audits now",
    )
    assert morning(told, days=2) == {}


def test_other_locations_are_not_counted(house: House, sent: Patient, told: list[bytes]) -> None:
    hill = house.clinic.open_location(**HILL)
    noa = house.clinic.add("Noa", Role.MEMBER, at=frozenset({hill}))
    house.people["Noa"] = noa
    choose(house, "Noa", "Ben")
    with wall.writing(house.clinic.organisation.id):
        form = Submission.objects.get().form
        form.is_everywhere = False  # of the first location, where Noa does not work
        form.save()
    assert set(morning(told)) == {"ben"}


def test_whoever_left_gets_none(house: House, sent: Patient, told: list[bytes]) -> None:
    choose(house, "Ben")
    members.end(house.viewer(), membership=membership_of(house, "Ben"), reason="Moves away")
    do_all()
    told.clear()
    assert morning(told) == {}


def test_access_for_a_while_counts_while_it_lasts(
    house: House, sent: Patient, told: list[bytes]
) -> None:
    choose(house, "Abe")
    asked, _ = elevations.ask(
        house.viewer("Abe"),
        permissions=["submission:list", "submission:open"],
        minutes=60,
        reason="Stands in",
    )
    elevations.approve(house.viewer(), elevation=asked.pk, reason="Yes")
    assert lines_for(house, "Abe") == [f"1 {NOBODY}"]
    with clock.moved(61 * 60):
        assert lines_for(house, "Abe") == []


def test_an_organisation_never_counts_for_another(
    house: House, sent: Patient, told: list[bytes]
) -> None:
    cy = house.people["Cy"]
    assert actions.choose(house.viewer("Cy"))
    assert morning(told) == {}
    assert cy.organisation
    assert viewers.absent(cy.user.pk, house.clinic.organisation.id, job=cy.user.pk) is None


# Never twice.


def test_a_server_that_is_away_gets_it_later_and_once(
    house: House, sent: Patient, settings: Settings, tmp_path: Path
) -> None:
    choose(house, "Ben")
    settings.KEEPWELL_MAIL_SERVER = Server(host="localhost", port=_closed_port(), tls=Tls.NONE)
    with mail_server(tmp_path) as server, at_hour(7):
        do(plan_summaries)
        settings.KEEPWELL_MAIL_SERVER = Server(
            host="localhost", port=server.port, tls=Tls.STARTTLS, ca_file=tmp_path / "ca.pem"
        )
        with clock.moved(3600):
            do_all()
            do(plan_summaries)
        assert [parse(raw).subject for raw in server.given] == [SUBJECT]


def test_one_that_is_held_up_beyond_noon_is_not_sent(
    house: House, sent: Patient, told: list[bytes]
) -> None:
    choose(house, "Ben")
    with at_hour(7) as day:
        put(house, day)
    with at_hour(13):
        do_all()
    assert told == []


def test_two_jobs_for_one_day_send_one_letter(
    house: House, sent: Patient, told: list[bytes]
) -> None:
    choose(house, "Ben")
    with at_hour(7) as day:
        put(house, day)
        put(house, day)
        do_all()
    assert len(told) == 1


def test_a_worker_killed_while_it_sends_leaves_no_second_letter(
    stores: Stores, house: House, sent: Patient, told: list[bytes]
) -> None:
    zone = _zone_where_it_is_morning()
    with wall.writing(house.clinic.organisation.id):
        house.clinic.organisation.time_zone = zone
        house.clinic.organisation.save()
    choose(house, "Ben")
    job = put(house, clock.now().astimezone(ZoneInfo(zone)).date())
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        worker = _worker(stores, silent.getsockname()[1])
        connection, _ = silent.accept()  # the letter is on its way: nobody will answer
        worker.kill()
        worker.wait()
        connection.close()
        assert worker.stdout
        worker.stdout.close()
    with wall.reading(house.clinic.organisation.id):
        assert SummaryLetter.objects.count() == 1
    with clock.moved(600):  # longer than any lease
        do_all()
    assert told == []
    facts = queue.find(job)
    assert facts
    assert facts.state is State.DONE


def _zone_where_it_is_morning() -> str:
    hour = clock.now().hour
    west = (hour - 8) % 24  # there it is between eight and nine
    return f"Etc/GMT+{west}" if west <= 12 else f"Etc/GMT-{24 - west}"


def _worker(stores: Stores, port: int) -> "subprocess.Popen[str]":
    environment = {
        **os.environ,
        **stores.environment(),
        SETTINGS_MODULE: "keepwell.config.settings",
    }
    environment |= {
        "KEEPWELL_SMTP_HOST": "127.0.0.1",
        "KEEPWELL_SMTP_PORT": str(port),
        "KEEPWELL_SMTP_TLS": "none",
    }
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.jobs.workshop", "5.0"],
        env=environment,
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )


def _closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as here:
        port: int = here.getsockname()[1]
    return port


def test_counts_are_all_that_a_line_has_room_for() -> None:
    assert set(SummaryLine.__dataclass_fields__) == {"counted", "count", "route", "order"}


def test_arguments_of_the_job_hold_an_id_and_a_day(house: House) -> None:
    with at_hour(7) as day:
        facts = queue.find(put(house, day))
    assert facts
    assert json.dumps(facts.arguments).count(":") == 2
