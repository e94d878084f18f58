"""The page of safeguards: each line is what its room answers now, and follows when that changes."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from keepwell.office.safeguards import lines, queries
from keepwell.safeguards.access import actions, registry, viewers
from keepwell.safeguards.access.duties import Duty
from keepwell.safeguards.access.emergencies import actions as emergencies
from keepwell.safeguards.access.manifest import Found, Standing
from keepwell.safeguards.access.networks import actions as networks
from keepwell.safeguards.access.officers import actions as officers
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit import elsewhere, retention, verifier
from keepwell.safeguards.identity import sessions
from keepwell.safeguards.mail.servers import Server, Tls
from keepwell.safeguards.vault import organisation_keys
from keepwell.toolkit import clock
from tests.office.rooms import House, text_of
from tests.office.test_officers import membership_of
from tests.people import browser_of, make_person, show_both_steps
from tests.safeguards.audit.tampering import Hands
from tests.stores.session import Stores

SERVER = Server(host="mail.example", port=465, tls=Tls.IMPLICIT)


def found(house: House, look: object, name: str = "Ada") -> Found:
    """Return what one room answers."""
    (told,) = (
        one for one in queries.safeguards_of(house.viewer(name)) if one.safeguard.look is look
    )
    return told.found


def test_every_declared_safeguard_has_a_line_with_its_evidence(house: House, ada: Client) -> None:
    every = queries.safeguards_of(house.viewer())
    page = text_of(ada.get("/safeguards/"))
    for told in every:
        assert str(told.safeguard.title) in page
        assert told.found.words
        assert told.found.words in page
        assert str(told.safeguard.place) in page
    assert page.count("<tr>") == len(registry.safeguards()) + 1


def test_since_when_each_stands_is_said_as_paper_needs_it(ada: Client) -> None:
    page = text_of(ada.get("/safeguards/"))
    assert re.search(r'<td class="figures whole"><time [^>]*>\w+day, ', page)
    assert not re.search(r">(Today|Yesterday) \d", page)


def test_who_changed_a_safeguard_and_why_stands_beside_it(house: House, ada: Client) -> None:
    before = text_of(ada.get("/safeguards/"))
    assert "changed after how long people are signed out" not in before
    show_both_steps(ada, house.people["Ada"], "signing-out")
    sent = {"minutes": "10", "reason": "The desk stands in the waiting room"}
    assert ada.post("/settings/signing-out/", sent).status_code == 302
    here = replace(house.viewer("Ada"), address="198.51.100.7")
    networks.add(here, network="198.51.100.0/24", name="x", reason="The lease")
    emergencies.set_minutes(house.viewer("Ada"), minutes=30, reason="As the board decided")
    page = text_of(ada.get("/safeguards/"))
    for why in (sent["reason"], "The lease", "As the board decided"):
        assert why in page
    told = queries.with_changes(house.viewer("Ada"), queries.safeguards_of(house.viewer("Ada")))
    (limits,) = [one for one in told if one.safeguard.look is lines.session_limits]
    assert limits.since is not None
    assert limits.change is not None
    for one in told:
        assert set(map(str, one.safeguard.changed_by)) <= {
            str(kind) for manifest in registry.manifests() for kind in manifest.events
        }
    tess = browser_of(house.clinic.add("Tess", Role.TECHNICIAN))
    technician = text_of(tess.get("/safeguards/"))
    assert sent["reason"] not in technician
    assert "Sessions end by themselves" in technician


def test_the_changes_are_read_from_the_trail_which_tells_it(house: House, ada: Client) -> None:
    count = len(house.payloads("audit:trail:open"))
    ada.get("/safeguards/")
    read = [
        one
        for one in house.payloads("audit:trail:open")[count:]
        if one.actor == house.people["Ada"].user.pk and "office:idle:change" in one.detail["kinds"]
    ]
    assert len(read) == 1


def test_no_line_is_known_without_its_room(
    house: House, ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_arguments: object) -> None:
        raise OSError

    monkeypatch.setattr(retention, "years_of", away)
    assert found(house, lines.trail_kept).standing is Standing.UNKNOWN
    assert "It cannot be found out just now" in text_of(ada.get("/safeguards/"))


def test_the_trail_is_whole_only_once_it_was_checked(house: House, stores: Stores) -> None:
    assert found(house, lines.trail_whole).standing is Standing.UNKNOWN
    verifier.verify(house.viewer().organisation)
    proven = found(house, lines.trail_whole)
    assert proven.standing is Standing.ON
    assert proven.since is not None
    house.entries()
    Hands(stores, house.clinic.organisation.id).change(
        "UPDATE trail_entry SET kind = 'office:logo:change' "
        'WHERE organisation_id = :org AND "index" = 0'
    )
    verifier.verify(house.viewer().organisation)
    assert found(house, lines.trail_whole).standing is Standing.BROKEN


def test_checkpoints_are_on_only_while_they_are_fresh(
    house: House, settings: Settings, tmp_path: Path
) -> None:
    settings.KEEPWELL_CHECKPOINTS = None
    assert found(house, lines.checkpoints).standing is Standing.OFF
    settings.KEEPWELL_CHECKPOINTS = tmp_path
    assert found(house, lines.checkpoints).standing is Standing.BROKEN
    elsewhere.keep(house.viewer().organisation, tmp_path)
    assert found(house, lines.checkpoints).standing is Standing.ON
    assert found(house, lines.checkpoints, "Cy").standing is Standing.BROKEN
    with clock.moved(3 * 86_400):
        assert found(house, lines.checkpoints).standing is Standing.BROKEN


def test_a_member_without_a_second_step_is_counted(house: House) -> None:
    assert found(house, lines.second_step).standing is Standing.ON
    assert "all 4" in found(house, lines.second_step).words
    clinic = house.clinic
    new = make_person("Eve", has_app=False, organisation=clinic.organisation.id)
    console = viewers.console(clinic.organisation.id, account="tests")
    actions.add_member(console, user=new.user, role=Role.MEMBER)
    told = found(house, lines.second_step)
    assert told.standing is Standing.UNDER_WAY
    assert told.words.startswith("1 member has none yet")


def test_officers_are_on_once_both_places_are_filled(house: House, settings: Settings) -> None:
    settings.KEEPWELL_MAIL_SERVER = SERVER
    assert found(house, lines.officers).standing is Standing.OFF
    assert "Nobody is named: " in found(house, lines.officers).words
    for duty, who in ((Duty.SECURITY, "Abe"), (Duty.PRIVACY, "Dee")):
        assert found(house, lines.officers).standing is Standing.OFF
        mine = membership_of(house, who)
        officers.name_officer(house.viewer(), duty=duty, membership=mine, reason="Named")
    told = found(house, lines.officers, "Dee")
    assert (told.standing, told.since is None) == (Standing.ON, False)
    assert told.words == "Both are named; notices reach them."
    settings.KEEPWELL_MAIL_SERVER = None
    waits = found(house, lines.officers, "Dee")
    assert (waits.standing, waits.since) == (Standing.UNDER_WAY, told.since)
    assert waits.words == "Both are named. Letters to them wait until a mail server is set."
    assert found(house, lines.officers, "Cy").standing is Standing.OFF


def test_nobody_is_told_of_an_emergency_at_once_without_a_mail_server(
    house: House, settings: Settings
) -> None:
    settings.KEEPWELL_MAIL_SERVER = SERVER
    assert "the officers are told at once" in found(house, lines.emergencies).words
    settings.KEEPWELL_MAIL_SERVER = None
    told = found(house, lines.emergencies)
    assert told.standing is Standing.UNDER_WAY
    assert "after 60 minutes" in told.words
    assert "wait until a mail server is set" in told.words
    assert "told at once" not in told.words


def test_emergencies_say_how_many_wait_for_a_review(house: House, settings: Settings) -> None:
    settings.KEEPWELL_MAIL_SERVER = SERVER
    assert found(house, lines.emergencies).standing is Standing.ON
    assert "after 60 minutes" in found(house, lines.emergencies).words
    house.browser("Abe")
    session = sessions.standing_of(house.people["Abe"].user)[0].pk
    viewer = replace(house.viewer("Abe"), session=session)
    emergencies.begin(viewer, reason="Unconscious")
    told = found(house, lines.emergencies, "Dee")
    assert told.standing is Standing.UNDER_WAY
    assert "1 waits for a review" in told.words
    assert found(house, lines.emergencies, "Cy").standing is Standing.ON


def test_whoever_reads_no_emergencies_is_told_how_long_they_last_only(
    house: House, settings: Settings
) -> None:
    settings.KEEPWELL_MAIL_SERVER = SERVER
    technician = replace(house.viewer("Ben"), role="technician")
    (told,) = (
        one for one in queries.safeguards_of(technician) if one.safeguard.look is lines.emergencies
    )
    assert told.found.standing is Standing.ON
    assert "review" not in told.found.words


def test_networks_are_as_their_list_is(house: House) -> None:
    assert found(house, lines.allowed_networks).words == "Members come in from anywhere."
    viewer = replace(house.viewer(), address="198.51.100.7")
    networks.add(viewer, network="198.51.100.7", name="Desk", role="owner")
    some = found(house, lines.allowed_networks)
    assert some.standing is Standing.UNDER_WAY
    assert "for some roles only" in some.words
    networks.add(viewer, network="198.51.100.0/24", name="Clinic", role="all-but-owners")
    every = found(house, lines.allowed_networks, "Dee")
    assert every.standing is Standing.ON
    assert every.words == "2 ranges are on the list."
    assert every.since == some.since
    assert found(house, lines.allowed_networks, "Cy").standing is Standing.OFF


@pytest.mark.parametrize(
    ("server", "standing"),
    [
        (None, Standing.OFF),
        (Server(host="localhost", port=25, tls=Tls.NONE), Standing.OFF),
        (SERVER, Standing.ON),
    ],
)
def test_mail_is_as_its_server_is(
    house: House, settings: Settings, server: Server | None, standing: Standing
) -> None:
    settings.KEEPWELL_MAIL_SERVER = server
    assert found(house, lines.mail).standing is standing


def test_a_new_organisation_key_is_dated_and_what_waits_is_counted(
    house: House, pat: object
) -> None:
    before = found(house, lines.rotation)
    assert before.standing is Standing.ON
    organisation = house.viewer().organisation
    with clock.moved(86_400):
        organisation_keys.add_version(organisation)
    after = found(house, lines.rotation)
    assert after.standing is Standing.UNDER_WAY
    assert "Version 2" in after.words
    assert before.since is not None
    assert after.since is not None
    assert after.since - before.since > timedelta(hours=23)
    assert "Version 1" in found(house, lines.rotation, "Cy").words


def test_the_second_wall_is_the_database_s_own(house: House, stores: Stores) -> None:
    told = found(house, lines.second_wall)
    is_server = "PostgreSQL" in text_of(house.browser("Ada").get("/holdings/"))
    assert told.standing is (Standing.ON if is_server else Standing.OFF)


@pytest.mark.parametrize(
    ("name", "status"), [("Ada", 200), ("Abe", 200), ("Dee", 200), ("Ben", 403), ("Cy", 200)]
)
def test_who_may_see_it(house: House, name: str, status: int) -> None:
    assert house.browser(name).get("/safeguards/").status_code == status


def test_a_line_leads_only_where_the_menu_of_its_reader_leads(house: House) -> None:
    pages = {name: text_of(house.browser(name).get("/safeguards/")) for name in ("Ada", "Dee")}
    links = {
        name: set(re.findall(r'act-link" href="([^"]+)"', page)) for name, page in pages.items()
    }
    assert {"/holdings/", "/trail/"} <= links["Dee"] <= links["Ada"]
