"""The trail page and the page of an entry: filters, proof, what cannot be read, who may."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from keepwell.office.trail import chart, facts, findings, groups, views
from keepwell.safeguards.access.members.queries import everybody_of
from keepwell.safeguards.audit import activity, heads, proofs, writer
from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.audit.entries import period_of
from keepwell.safeguards.audit.erasures import erase_period
from keepwell.safeguards.audit.errors import EntryMissing
from keepwell.safeguards.audit.proofs import Standing
from keepwell.safeguards.audit.reports import Finding, Problem
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from keepwell.toolkit.merkle import check_inclusion
from tests.office.rooms import House, text_of
from tests.people import PASSWORD, show_both_steps
from tests.safeguards.audit.tampering import Hands

READ = "audit:trail:open"


def many(house: House, count: int) -> None:
    for _number in range(count):
        record_now(house.viewer(), "office:profile:change")
    writer.settle(house.clinic.organisation.id)


@pytest.mark.parametrize(
    ("name", "status"), [("Ada", 200), ("Abe", 200), ("Dee", 200), ("Ben", 403), ("Cy", 200)]
)
def test_who_may_read_the_trail(house: House, name: str, status: int) -> None:
    browser = house.browser(name)
    assert browser.get("/trail/").status_code == status
    assert browser.get("/trail/0/").status_code == status
    assert browser.post("/trail/check/").status_code == (302 if status == 200 else status)


def test_reading_the_trail_is_on_the_trail(house: House) -> None:
    house.browser("Dee").get("/trail/?kind=identity")
    seen = [entry for entry in house.payloads(READ) if entry.actor == house.people["Dee"].user.pk]
    assert len(seen) == 1
    assert seen[0].purpose == "oversight"


def test_a_refusal_is_found_by_colleague_and_kind(house: House, ada: Client) -> None:
    house.browser("Ben").get("/settings/")
    ben = house.people["Ben"].user.pk
    page = text_of(ada.get(f"/trail/?kind=refused&member={ben}"))
    assert "<strong>Ben</strong> asked for a page and was refused" in page
    dee = house.people["Dee"].user.pk
    assert "No entry fits" in text_of(ada.get(f"/trail/?kind=refused&member={dee}"))


def test_entries_about_a_person_are_found_by_every_id_of_that_person(
    house: House, ada: Client
) -> None:
    born = date(1984, 3, 9)
    one, two = (house.person(name=name, born=born) for name in ("Pat", "Rosa"))
    house.entries()
    page = text_of(ada.get(f"/trail/?about={one}+{two}&kind=persons"))
    assert page.count("began a new person") == 2
    assert text_of(ada.get(f"/trail/?about={one}&kind=persons")).count("began a new person") == 1


def test_of_many_colleagues_one_is_found_on_their_page_and_leads_to_the_trail(
    house: House, ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MOST_OFFERED", 1)
    ben, cy = (house.people[name].user for name in ("Ben", "Cy"))
    page = ada.get("/trail/").content.decode()
    assert 'href="/members/">Find a colleague' in page
    assert "<option" not in page.partition('id="kind"')[0]
    (way,) = set(re.findall(rf"/trail/[?]member={ben.pk}", text_of(ada.get("/members/"))))
    chosen = text_of(ada.get(way))
    assert f"<span>{ben.name}</span>" in chosen
    assert f'name="member" value="{ben.pk}"' in chosen  # other fields narrow on
    assert f"<span>{cy.name}" not in text_of(ada.get(f"/trail/?member={cy.pk}"))


def test_as_many_colleagues_as_are_offered_are_offered(
    house: House, ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    everybody = everybody_of(house.viewer(), most=1000)
    assert everybody is not None
    monkeypatch.setattr(views, "MOST_OFFERED", len(everybody))
    offered = ada.get("/trail/").content.decode().partition('id="kind"')[0]
    assert all(f'<option value="{account}"' in offered for account, _name in everybody)
    monkeypatch.setattr(views, "MOST_OFFERED", len(everybody) - 1)
    assert "Find a colleague" in ada.get("/trail/").content.decode()


def test_what_is_no_id_is_said_at_the_field_and_finds_nothing(ada: Client) -> None:
    page = text_of(ada.get("/trail/?about=%3Cscript%3E"))
    assert "This is not an id" in page
    assert "<script>" not in page
    assert "No entry fits" in page


def test_a_browser_sends_no_name_typed_where_an_id_belongs(ada: Client) -> None:
    page = ada.get("/trail/").content.decode()
    field = page[page.index('id="about"') :].partition(">")[0]
    (allowed,) = re.findall('pattern="([^"]*)"', field)
    assert re.fullmatch(allowed, f"{uuid7()} {uuid7()}")
    assert re.fullmatch(allowed, "Pat Winters") is None  # it would stand in the address


def test_days_of_the_clinic_narrow_the_trail(house: House, ada: Client) -> None:
    far = "Pacific/Kiritimati"  # fourteen hours before UTC: mostly another day there
    with wall.writing(house.clinic.organisation.pk):
        Organisation.objects.filter(pk=house.clinic.organisation.pk).update(time_zone=far)
    with clock.moved(-3 * 86400):
        many(house, 2)
        past = clock.now().astimezone(ZoneInfo(far)).date()
    day = f"/trail/?kind=office&from={past}&to={past}"
    assert text_of(ada.get(day)).count("changed the profile") >= 1
    later = past + timedelta(days=1)
    assert "No entry fits" in text_of(ada.get(f"/trail/?kind=office&from={later}&to={later}"))
    assert f'value="{later}"' in text_of(ada.get(f"/trail/?from={later}"))
    for nonsense in ("31.12.2026", "0001-01-01", "9999-12-31"):
        assert ada.get(f"/trail/?from={nonsense}&to={nonsense}").status_code == 200


def test_days_the_wrong_way_round_are_said_at_the_field_and_the_reading_is_recorded(
    house: House, ada: Client
) -> None:
    page = text_of(ada.get("/trail/?from=2026-11-20&to=2026-11-19"))
    assert "Choose a day that is not before the first." in page
    assert "No entry fits everything that you filled in" in page
    assert 'name="asked"' not in page  # it is no view to save
    said = house.payloads(READ)[-1].detail
    assert (said["since"][:10], said["until"][:10]) == ("2026-11-20", "2026-11-20")
    same = text_of(ada.get("/trail/?from=2026-11-20&to=2026-11-20"))
    assert "not before the first" not in same
    assert 'name="asked"' in same


def exporter(house: House) -> Client:
    """Open a browser in which Dee has shown both steps again."""
    dee = house.browser("Dee")
    show_both_steps(dee, house.people["Dee"], "trail-export")
    return dee


def test_nothing_is_exported_before_both_steps_are_shown_again(house: House) -> None:
    dee, address = house.browser("Dee"), "/trail/export/?kind=office&form=csv"
    asked = dee.get(address)
    assert asked["Location"] == "/account/again/trail-export/?next=%2Ftrail%2F%3Fkind%3Doffice"
    assert asked.content == b""
    assert house.payloads("audit:trail:export") == []
    given = {
        "password": PASSWORD,
        "code": house.people["Dee"].code(),
        "next": "/trail/?kind=office",
    }
    assert dee.post("/account/again/trail-export/", given)["Location"] == "/trail/?kind=office"
    assert dee.get(address).status_code == 200
    with clock.moved(5 * 60):
        assert dee.get(address)["Location"].startswith("/account/again/trail-export/")


@pytest.mark.parametrize(("form", "kind"), [("csv", "text/csv"), ("jsonl", "application/jsonl")])
def test_what_the_filters_find_is_exported_and_that_is_recorded(
    house: House, form: str, kind: str
) -> None:
    many(house, 3)
    dee = exporter(house)
    answer = dee.get(f"/trail/export/?kind=office&form={form}")
    assert answer["Content-Type"].startswith(kind)
    assert f".{form}" in answer["Content-Disposition"]
    assert answer["Cache-Control"] == "no-store"
    written = {"csv": b",office:profile:change,", "jsonl": b'"kind": "office:profile:change"'}
    assert answer.content.count(written[form]) == 3
    (said,) = house.payloads("audit:trail:export")
    assert (said.actor, said.detail["form"]) == (house.people["Dee"].user.pk, form)


def test_a_file_holds_whole_lines_up_to_its_limit_and_says_that_it_is_a_part(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    many(house, 30)
    dee = exporter(house)
    monkeypatch.setattr(views, "MOST_BYTES", 4000)
    answer = dee.get("/trail/export/?kind=office&form=jsonl")
    assert "-newest-part.jsonl" in answer["Content-Disposition"]
    assert 0 < len(answer.content) <= 4000
    indexes = [json.loads(line)["index"] for line in answer.content.splitlines()]
    assert indexes == sorted(indexes, reverse=True)
    monkeypatch.setattr(views, "MOST_BYTES", 2**20)
    answer = dee.get("/trail/export/?kind=office&form=jsonl")
    assert "part" not in answer["Content-Disposition"]
    assert len(answer.content.splitlines()) >= 30


def test_what_was_asked_for_is_said_in_words_on_the_page_of_the_reading(house: House) -> None:
    dee = exporter(house)
    today = f"{clock.now():%Y-%m-%d}"
    dee.get(f"/trail/export/?kind=office&form=csv&from={today}&to={today}")
    (said,) = house.payloads("audit:trail:export")
    assert set(said.detail) == {"form", "kinds", "since", "until"}
    assert "office:profile:change" in said.detail["kinds"].split()
    assert set(said.detail) | {"period"} <= set(facts.DETAILS)


def test_who_may_export_the_trail_and_as_what(house: House) -> None:
    assert house.browser("Ben").get("/trail/export/?form=csv").status_code == 403
    assert house.browser("Dee").get("/trail/export/?form=xlsx").status_code == 404
    assert house.browser("Dee").get("/trail/export/").status_code == 404


def test_pages_go_on_where_the_last_ended(house: House, ada: Client) -> None:
    many(house, views.PAGE_ENTRIES + 5)
    first = text_of(ada.get("/trail/"))
    before = re.search(r"before=(\d+)", first)
    assert before is not None
    indexes = [int(found) for found in re.findall(r'href="/trail/(\d+)/"', first)]
    older = text_of(ada.get(f"/trail/?before={before[1]}"))
    onward = [int(found) for found in re.findall(r'href="/trail/(\d+)/"', older)]
    assert indexes == sorted(indexes, reverse=True)
    assert onward[0] == indexes[-1] - 1


def test_an_entry_says_everything_it_knows(house: House, ada: Client) -> None:
    pat = house.person(name="Pat", born=date(1984, 3, 9))
    ada.get(f"/persons/{pat}/?for=person-request")
    (entry,) = house.entries("records:fields:open")
    page = text_of(ada.get(f"/trail/{entry.index}/"))
    assert entry.payload is not None
    for said in ("Ada (you)", "Owner", "The person asked for it", "198.51.100.7", "Firefox, Linux"):
        assert said in page, said
    for id_ in (entry.payload.request, entry.payload.session, entry.id):
        assert str(id_) in page
    assert "birth date, name" in page
    assert f'href="/persons/{pat}/"' in page
    assert ">Pat<" not in page


def test_an_auditor_is_not_led_to_pages_that_refuse(house: House, ada: Client) -> None:
    pat = house.person(name="Pat", born=date(1984, 3, 9))
    ada.get(f"/persons/{pat}/?for=care")
    (entry,) = house.entries("records:fields:open")
    page = text_of(house.browser("Dee").get(f"/trail/{entry.index}/"))
    assert str(pat) in page
    assert f'href="/persons/{pat}/"' not in page


# -- proof -----------------------------------------------------------------------------------------


def test_every_entry_is_proven_against_the_signed_head(house: House) -> None:
    many(house, 300)  # more than a tile
    organisation = house.clinic.organisation.id
    size = heads.newest_head(organisation).size
    for index in (0, 1, 255, 256, size - 1):
        proof = proofs.proof_of(organisation, index)
        assert proof.standing is Standing.PROVEN
        check_inclusion(
            proof.leaf, index=index, size=proof.size, root=proof.root, proof=proof.steps
        )
    with pytest.raises(EntryMissing):
        proofs.proof_of(organisation, size)


def test_the_page_shows_the_proof(house: House, ada: Client) -> None:
    page = text_of(ada.get("/trail/0/"))
    assert "Proven just now" in page
    proof = proofs.proof_of(house.clinic.organisation.id, 0)
    assert proof.leaf.hex() in page
    assert proof.key_id in page


def test_an_edited_entry_does_not_match_and_the_check_names_it(
    house: House, ada: Client, hands: Hands
) -> None:
    many(house, 3)
    hands.change(
        'UPDATE trail_entry SET time_us = time_us + 1 WHERE organisation_id = :org AND "index" = 2'
    )
    assert "Does not match" in text_of(ada.get("/trail/2/"))
    assert "Proven just now" in text_of(ada.get("/trail/1/"))
    answer = ada.post("/trail/check/", follow=True)
    page = text_of(answer)
    assert "Entry 2 was edited." in page
    assert "Not whole" in page
    assert "The trail is not whole" in text_of(ada.get("/"))


def test_a_whole_trail_is_said_to_be_whole_only_once_checked(ada: Client) -> None:
    assert "Not checked yet" in text_of(ada.get("/trail/"))
    page = text_of(ada.post("/trail/check/", follow=True))
    assert "each as it was signed" in page
    assert "Whole" in page


def test_a_content_taken_away_is_told_and_never_called_erased(
    house: House, ada: Client, hands: Hands
) -> None:
    hands.change(
        'UPDATE trail_entry SET payload = NULL WHERE organisation_id = :org AND "index" = 1'
    )
    page = text_of(ada.get("/trail/1/"))
    assert "cannot be read" in page
    assert "Proven just now" in page
    assert "erased by law" not in page + text_of(ada.get("/trail/"))
    assert "What entry 1 said was taken away" in text_of(ada.post("/trail/check/", follow=True))


def test_an_erased_month_is_told_and_stays_proven(house: House, ada: Client) -> None:
    period = period_of(clock.now_us())
    with clock.moved(40 * 24 * 3600):
        erase_period(house.viewer(), period, reason="kept for six years")
        writer.stop()
    page = text_of(ada.get("/trail/1/"))
    assert "erased by law" in page
    assert "Proven just now" in page
    assert "erased by law" in text_of(ada.get("/trail/"))


def test_a_broken_payload_is_told_and_does_not_match(
    house: House, ada: Client, hands: Hands
) -> None:
    hands.change(
        'UPDATE trail_entry SET payload = ? WHERE organisation_id = :org AND "index" = 1',
        b"\x01" * 80,
    )
    page = text_of(ada.get("/trail/1/"))
    assert "was changed and cannot be read" in page
    assert "Does not match" in page
    assert ada.get("/trail/").status_code == 200


@pytest.mark.parametrize("index", ["999", str(2**63), "9" * 40])
def test_an_entry_that_is_not_there_is_not_found(ada: Client, index: str) -> None:
    assert ada.get(f"/trail/{index}/").status_code == 404


def test_the_same_number_leads_each_organisation_to_its_own_entry(house: House) -> None:
    ours, theirs = (text_of(house.browser(name).get("/trail/0/")) for name in ("Ada", "Cy"))
    assert str(house.clinic.organisation.id) in ours
    assert str(house.clinic.organisation.id) not in theirs


def test_the_id_of_another_organisation_finds_what_a_random_one_finds(house: House) -> None:
    cy = house.browser("Cy")
    for id_ in (house.people["Ada"].user.pk, uuid7()):
        assert "No entry fits" in text_of(cy.get(f"/trail/?about={id_}"))


@pytest.mark.parametrize("problem", Problem)
def test_every_problem_has_a_sentence_with_its_position(problem: Problem) -> None:
    position = None if problem in {Problem.HEAD, Problem.OUTBOX, Problem.SIGNATURE} else 7
    said = findings.sentence_of(Finding(problem, position, "in English"))
    assert said != "The trail is not the one that was signed."
    assert ("7" in said) == (position is not None)


# -- chart and groups ------------------------------------------------------------------------------


def test_the_hours_count_what_was_written_since_midnight(house: House) -> None:
    many(house, 4)
    with clock.moved(2 * 86400):
        assert chart.today(house.viewer(), ZoneInfo("America/Los_Angeles")).everything == 0
        many(house, 2)
        today = chart.today(house.viewer(), ZoneInfo("America/Los_Angeles"))
    assert today.everything == 2
    assert sum(bar.everything for bar in today.bars) == 2


def test_a_day_on_which_clocks_change_has_25_hours() -> None:
    noon = datetime(2026, 11, 1, 12, tzinfo=ZoneInfo("America/Los_Angeles"))
    start, moments = chart._hours(noon)
    assert len(moments) == 25
    assert moments[-1].astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=24)
    assert [moment.hour for moment in moments[:3]] == [0, 1, 1]


def test_bars_are_as_high_as_their_counts() -> None:
    moments = [datetime(2026, 11, 24, hour, tzinfo=UTC) for hour in range(24)]
    rows = (
        activity.HourOfKind(9, "records:fields:open", 50),
        activity.HourOfKind(9, "audit:trail:open", 50),
        activity.HourOfKind(10, "access:request:refuse", 1),
    )
    today = chart.Today.of(rows, moments)
    assert (today.opened, today.refused, today.everything) == (50, 1, 101)
    assert (today.bars[9].everything_height, today.bars[9].opened_height) == (88, 44)
    assert today.bars[10].everything_height == chart.LEAST
    assert today.bars[11].everything_height == 0


def test_an_unknown_group_narrows_nothing_and_each_known_one_has_kinds() -> None:
    assert groups.kinds_of("nonsense") is None
    for code, _words in groups.groups():
        assert groups.kinds_of(code), code


def test_what_people_did_can_be_read_without_who_read_it(house: House, ada: Client) -> None:
    for _time in range(2):
        page = text_of(ada.get("/trail/?kind=acts"))
    assert "added a member" in page
    assert "of the trail</a>" not in page
    assert "of the trail</a>" in text_of(ada.get("/trail/"))


def test_own_moments_are_ones_own(house: House) -> None:
    for name in ("Ada", "Ben", "Ada"):
        record_now(house.viewer(name), "identity:session:begin")
    kinds: Any = ["identity:session:begin"]
    assert len(activity.own_moments(house.viewer("Ada"), kinds, limit=5)) == 2
    assert len(activity.own_moments(house.viewer("Ben"), kinds, limit=5)) == 1


def test_a_chart_is_followed_by_the_same_as_a_table(house: House, ada: Client) -> None:
    page = text_of(ada.get("/trail/"))
    assert 'role="img"' in page
    assert "The same as a table" in page
