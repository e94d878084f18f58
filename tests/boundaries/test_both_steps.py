"""What weighs is not done by a session alone: both steps were given again a moment ago.

Every route by which a member changes something stands in one of two tables: it needs both steps, or
there is a reason why not. A route added tomorrow stands in neither, and fails here until somebody
has decided. Whoever has stolen a session, or sits down at an unlocked screen, gets no further than
the second table.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from keepwell.office.sign_in import ways
from keepwell.safeguards.access.declarations import Reach
from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.replacements import actions as replacements
from keepwell.safeguards.access.replacements.actions import IdentityCheck
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.routes import Route, all_routes
from keepwell.safeguards.audit import writer
from keepwell.safeguards.identity import second_factor
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.boundaries.inhabited import REASON, Inhabited, inhabit
from tests.boundaries.snapshots import Rows, rows_of
from tests.office.lost_phones import membership_of
from tests.pages import with_plain_static_files
from tests.people import browser_of
from tests.products.forms.pages.patients import author
from tests.stores.session import Stores

# By the reason that the page "Both steps again" gives.
NEEDS = {
    "office:add_network": "networks",
    "office:ask": "access",
    "office:begin_emergency": "emergency",
    "office:close_location": "locations",
    "office:confirm_second_step": "members",
    "office:elevation": "access",
    "office:emergency_minutes": "emergency",
    "office:erase_person": "erase",
    "office:export_person": "export",
    "office:export_proposed": "two-persons",
    "office:idle": "signing-out",
    "office:let_back_in": "members",
    "office:let_in": "members",
    "office:member_role": "members",
    "office:name_officer": "members",
    "office:network": "networks",
    "office:proposal": "two-persons",
    "office:propose_erasure": "two-persons",
    "office:propose_export": "two-persons",
    "office:propose_shorter_trail": "two-persons",
    "office:remove_network": "networks",
    "office:resume_networks": "networks",
    "office:second_step": "members",
    "office:sign_out_member": "members",
    "office:trust": "trusted-devices",
    "sign_in:add_passkey": "passkeys",
    "sign_in:remove_app": "passkeys",
    "sign_in:remove_passkey": "passkeys",
    "sign_in:replace_app": "app",
}
# Files that are handed out by a link, and hold what belongs to many.
FILES = {"office:export_trail": "trail-export"}
TAKES = "takes access or a wish for it away, gives nobody any, and must be quick"
ACCOUNT = "concerns how the own account looks or what it is written, and opens nothing"
FINDS = "changes nothing: whom one looks for is posted, so that it stands in no address"
LIGHT = "is undone on the next page, and stands on the trail"
SHOWS = "what patients are shown, written under a version or on the trail, and put right at once"
WORK = "daily work with records; what opens and changes is on the trail, with the reason"
NONE = {
    "forms:ask_for_notice": SHOWS,
    "forms:embed": SHOWS,
    "forms:form_colleagues": "opens nothing to whom its own role does not; the trail says from, to",
    "forms:form_locations": "opens nothing to whom its own role does not; the trail says from, to",
    "forms:link": SHOWS,
    "forms:publish": SHOWS,
    "forms:revoke": TAKES,
    "forms:upload": SHOWS,
    "forms:upload_version": SHOWS,
    "office:add_location": LIGHT,
    "office:add_notice": SHOWS,
    "office:add_person": "begins a record of somebody new, and opens none; the trail says who did",
    "office:alert": "a note on an alert, which stays on the trail and is never that of who did it",
    "office:cancel_job": LIGHT,
    "office:check": "looks whether the trail is whole",
    "office:correct_person": WORK,
    "office:discard_notice": SHOWS,
    "office:emergency": "an officer's finding, which stays, and gives nobody access",
    "office:end_emergency": TAKES,
    "office:end_emergency_of": TAKES,
    "office:give_back": TAKES,
    "office:hand_report": "says who opened a record, nothing that is in it; asks for a code",
    "office:invite": "lets nobody in: that is another act, which needs both steps",
    "office:join": WORK,
    "office:left": TAKES,
    "office:location": LIGHT,
    "office:logo": SHOWS,
    "office:members": FINDS,
    "office:mistaken_disclosure": WORK,
    "office:note_disclosure": WORK,
    "office:persons": FINDS,
    "office:publish_notice": SHOWS,
    "office:remove_logo": SHOWS,
    "office:remove_view": ACCOUNT,
    "office:ask_report": "says who opened a record, nothing that is in it",
    "office:retry_job": LIGHT,
    "office:rules": "a new version that everybody is asked to accept; the older ones stay",
    "office:save_view": ACCOUNT,
    "office:send_invitation": "lets nobody in: that is another act, which needs both steps",
    "office:settings": SHOWS,
    "office:share_report": "says who opened a record, nothing that is in it; for a colleague",
    "office:share_trail": "says who did what, and no value; for a colleague, and few entries",
    "office:stop_second_step": TAKES,
    "office:take_out_notice": SHOWS,
    "office:take_back_trail": TAKES,
    "office:test_mail": "a letter to oneself",
    "office:undo_join": WORK,
    "office:withdraw_handed": TAKES,
    "office:withdraw_invitation": TAKES,
    "office:withdraw_proposal": TAKES,
    "office:withdraw_report": TAKES,
    "office:write_notice": SHOWS,
    "shell_staff:stay": "says that somebody is still there",
    "sign_in:add_passkey_challenge": "is not there without both steps, for a script and no person",
    "sign_in:again": "asks for both steps itself",
    "sign_in:change_password": "asks for the present password itself, and ends other sessions",
    "sign_in:distrust": TAKES,
    "sign_in:end_all": TAKES,
    "sign_in:end_session": TAKES,
    "sign_in:keyboard": ACCOUNT,
    "sign_in:language": ACCOUNT,
    "sign_in:look": ACCOUNT,
    "sign_in:new_codes": "hides the codes; making and seeing them needs both steps",
    "sign_in:notifications": ACCOUNT,
    "sign_in:stop_replacement": TAKES,
}
# What a form of ours needs, so that a route which forgot to ask would do it.
TYPED = {
    "reason": REASON,
    "check": "in-person",
    "days": "3",
    "is_allowed": "on",
    "member": "",
    "minutes": "30",
    "name": "Another",
    "network": "0.0.0.0/0",
    "permissions": ["submission:list"],
    "role": "member",
    "years": "6",
}
QUERIES = dict.fromkeys(("office:export_trail", "office:propose_export"), "?form=csv")
MOVES = {"audit_outbox", "identity_sessionrecord"}  # what is refused leaves, and that one is there


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Any, tmp_path: Path) -> None:
    with_plain_static_files(settings, tmp_path)


@pytest.fixture
def ours(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> Inhabited:
    """Make Ada's clinic, where all have worked for two days, and Ada's new app shows codes."""
    secret = second_factor.new_secret()
    monkeypatch.setattr(ways, "prepared_secret", lambda _request: secret)
    here = inhabit("Ashgrove Clinic", "Ada")
    with wall.writing(here.clinic.organisation.id):
        Membership.objects.update(approved=clock.now() - timedelta(days=2))
    return here


def changing() -> dict[str, Route]:
    """Return every route by which somebody who is signed in may change something."""
    reaches = {Reach.PERMISSION, Reach.SIGNED_IN}
    return {
        one.name: one
        for one in all_routes()
        if one.declaration and one.declaration.reach in reaches and "POST" in one.methods
    }


def routes_by_name() -> dict[str, Route]:
    return {one.name: one for one in all_routes()}


def test_every_route_that_changes_something_needs_both_steps_or_says_why_not() -> None:
    assert set(NEEDS).isdisjoint(NONE)
    assert set(changing()) == set(NEEDS) | set(NONE)


def test_a_session_alone_is_sent_to_show_both_steps_and_changes_nothing(
    stores: Stores, ours: Inhabited
) -> None:
    wrong = []
    for name, reason in (NEEDS | FILES).items():
        this = prepared(ours, name)
        writer.stop()
        before = rows_of(stores, "data")
        answer = this.ask(TYPED)
        writer.stop()
        if changed(before, rows_of(stores, "data")) - MOVES or not leads_to(answer, reason):
            wrong.append((name, answer.status_code, answer.get("Location")))
    assert wrong == []


def test_a_session_that_has_shown_both_steps_is_not_sent_there(
    ours: Inhabited, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or the walk above would say nothing: its answers come of what was missing."""
    monkeypatch.setattr(ways, "is_proven", lambda _request: True)
    needs = NEEDS | FILES
    answers = {name: prepared(ours, name).ask({}) for name in needs}
    assert [name for name in needs if leads_to(answers[name], needs[name])] == []


@dataclass(frozen=True)
class Walk:
    """An address, and a browser of somebody who could do there what it is for."""

    client: Client
    address: str
    is_link: bool

    def ask(self, typed: dict[str, Any]) -> Any:
        if self.is_link:
            return self.client.get(self.address)
        return self.client.post(self.address, typed)


def prepared(here: Inhabited, name: str) -> Walk:
    """Let a route have something to do, and somebody who may."""
    who, instead = here.clinic.owner, {}
    if name == "office:begin_emergency":  # whose role opens everything has none to begin
        who = here.clinic.add(f"Ida-{uuid7()}", Role.ADMINISTRATOR)
    if name in PREPARES:
        whom = here.clinic.add(f"Whom-{uuid7()}", Role.MEMBER)
        membership = membership_of(here.clinic, whom)
        PREPARES[name](here, membership)
        instead = {"membership_id": membership}
    address = here.address(routes_by_name()[name], **instead)
    return Walk(browser_of(who), f"{address}{QUERIES.get(name, '')}", is_link=name in FILES)


def _waits(here: Inhabited, membership: UUID) -> None:
    with wall.writing(here.clinic.organisation.id):
        Membership.objects.filter(pk=membership).update(approved=None)


def _left(here: Inhabited, membership: UUID) -> None:
    members.end(author(here.clinic), membership=membership, reason=REASON)


def _lost_phone(here: Inhabited, membership: UUID) -> None:
    replacements.start(
        author(here.clinic), membership=membership, check=IdentityCheck.IN_PERSON, reason=REASON
    )


PREPARES: dict[str, Callable[[Inhabited, UUID], None]] = {
    "office:confirm_second_step": _lost_phone,
    "office:let_back_in": _left,
    "office:let_in": _waits,
}


def leads_to(answer: Any, reason: str) -> bool:
    there = f"/account/again/{reason}/"
    return bool(answer.status_code == 302 and answer["Location"].startswith(there))


def changed(before: Rows, after: Rows) -> set[str]:
    return {table for table in before if before[table] != after[table]}
