"""The route walk: every address of Keepwell, asked by everybody who should get nothing there.

Default deny, the second step, roles, and the wall between two organisations (security.md, T1), each
over `keepwell routes`: a route added tomorrow is walked tomorrow.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Manager
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import clear_url_caches, path

from keepwell.config import urls
from keepwell.safeguards.access import middleware, registry
from keepwell.safeguards.access.declarations import Reach
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.routes import Route, all_routes
from keepwell.safeguards.audit.queries import page_of_entries
from keepwell.safeguards.identity.models import Stage
from keepwell.safeguards.tenancy.models import WalledManager
from keepwell.toolkit.identifiers import uuid7
from tests.boundaries.inhabited import REASON, Inhabited, asked, id_names, inhabit
from tests.boundaries.snapshots import rows_of
from tests.pages import with_plain_static_files
from tests.people import Person, browser, browser_of, make_person
from tests.products.forms.pages.patients import INTAKE, author
from tests.stores.session import Stores

ANYBODY = "anybody may read the clinic's Notice of Privacy Practices (45 CFR 164.520(c))"
HANDED = "a person who was handed a report answers with a birth date or a code"
# Everything that anybody reaches without signing in, and why. A new line is a decision.
OPEN = {
    "forms_embedded:check": "patients answer without an account, in a frame on the clinic's site",
    "forms_embedded:leave": "patients answer without an account, in a frame on the clinic's site",
    "forms_embedded:notice": "patients answer without an account, in a frame on the clinic's site",
    "forms_embedded:page": "patients answer without an account, in a frame on the clinic's site",
    "forms_embedded:send": "patients answer without an account, in a frame on the clinic's site",
    "forms_embedded:start": "patients answer without an account, in a frame on the clinic's site",
    "forms_patient:check": "patients answer without an account",
    "forms_patient:leave": "patients answer without an account",
    "forms_patient:left": "patients answer without an account",
    "forms_patient:notice": "patients answer without an account",
    "forms_patient:page": "patients answer without an account",
    "forms_patient:send": "patients answer without an account",
    "forms_patient:start": "patients answer without an account",
    "handed:close": HANDED,
    "handed:pdf": HANDED,
    "handed:report": HANDED,
    "notices:in_language": ANYBODY,
    "notices:notice": ANYBODY,
    "notices:version": ANYBODY,
    "office:ready": "monitors ask whether Keepwell can serve, and are told codes only",
    "shell:logo": "the clinic's logo stands on pages that patients open without an account",
    "sign_in:desk": "the names at a shared desk, by the handle that its browser holds",
    "sign_in:desk_forget": "forgetting names opens nothing",
    "sign_in:desk_password": "the first step of signing in, by a name at a shared desk",
    "sign_in:forgotten": "somebody without a password cannot sign in to ask for one",
    "sign_in:join": "the one-time link is the permission",
    "sign_in:new_password": "the one-time link is the permission",
    "sign_in:out": "signing out needs no permission",
    "sign_in:passkey": "signing in by a passkey, which is both steps",
    "sign_in:passkey_challenge": "a challenge to a passkey is the same for everybody",
    "sign_in:password": "the first step of signing in",
    "sign_in:replace_lost": "the one-time link is the permission, and the password is asked for",
    "sign_in:switch": "making room for a colleague ends a session and needs no permission",
    "sign_in:set_up": "the one-time link is the permission",
    "letters:unsubscribe": "a sealed link in a letter stops that letter, and does nothing else",
    "sign_in:waiting": "somebody who waits to be let in has no session",
}
# What each role holds, said once more: widening one takes two people who read, or one who lies.
WORKING = {"owner", "administrator", "member", "auditor"}
HELD = {
    "alert:acknowledge": {"owner", "administrator"},
    "alert:read": {"owner", "administrator", "auditor"},
    "device-trust:set": {"owner"},
    "elevation:decide": {"owner", "administrator"},
    "emergency:begin": WORKING,
    "emergency:set": {"owner"},
    "form:publish": {"owner", "administrator"},
    "form:read": WORKING,
    "holdings:read": {"owner", "administrator", "auditor"},
    "job:manage": {"owner", "administrator", "technician"},
    "location:change": {"owner", "administrator"},
    "mail:manage": {"owner", "administrator", "technician"},
    "member:add": {"owner", "administrator"},
    "member:approve": {"owner", "administrator"},
    "member:change": {"owner", "administrator"},
    "member:end": {"owner", "administrator"},
    "member:list": {"owner", "administrator", "auditor"},
    "network:change": {"owner", "administrator"},
    "notice:publish": {"owner", "administrator"},
    "network:list": {"owner", "administrator", "auditor", "technician"},
    "officer:name": {"owner"},
    "officer:serve": {"owner", "administrator", "auditor"},
    "organisation:change": {"owner", "administrator"},
    "organisation:erase": {"owner", "administrator"},
    "person:add": {"owner", "member"},
    "person:change": {"owner", "member"},
    "person:disclose": {"owner", "member"},
    "person:erase": {"owner"},
    "person:export": {"owner"},
    "person:join": {"owner", "member"},
    "person:list": {"owner", "member", "auditor"},
    "person:open": {"owner", "member"},
    "proposal:see": {"owner", "administrator", "auditor"},
    "person:report": {"owner", "administrator", "auditor"},
    "rules:publish": {"owner", "administrator"},
    "safeguards:read": {"owner", "administrator", "auditor", "technician"},
    "second-step:replace": {"owner", "administrator"},
    "submission:list": {"owner", "member", "auditor"},
    "submission:open": {"owner", "member"},
    "trail:read": {"owner", "administrator", "auditor"},
    "trail:shorten": {"owner", "administrator"},
}


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Any, tmp_path: Path) -> None:
    with_plain_static_files(settings, tmp_path)


@pytest.fixture
def ours(stores: Stores) -> Inhabited:
    """Make Ada's clinic."""
    return inhabit("Ashgrove Clinic", "Ada")


@pytest.fixture
def theirs(stores: Stores) -> Inhabited:
    """Make Cy's practice, behind the wall."""
    return inhabit("Cedar Practice", "Cy")


def routes(*reaches: Reach) -> list[Route]:
    found = all_routes()
    assert len(found) > 50
    return [one for one in found if one.declaration and one.declaration.reach in reaches]


def of_members() -> list[Route]:
    return routes(Reach.PERMISSION, Reach.SIGNED_IN)


def walked(client: Client, here: Inhabited, which: list[Route]) -> Iterator[tuple[Route, Any]]:
    """Ask for each route with each of its methods."""
    for route in which:
        for method in sorted(route.methods):
            yield route, asked(client, method, here.address(route))


def leads_to_sign_in(answer: Any) -> bool:
    return bool(answer.status_code == 302 and answer["Location"].startswith("/sign-in/"))


def _reached(client: Client, here: Inhabited, which: list[Route]) -> list[str]:
    """Return the routes that did something else than send this browser to sign in."""
    answers = walked(client, here, which)
    return [route.name for route, answer in answers if not leads_to_sign_in(answer)]


# Default deny.


def silent(request: HttpRequest) -> HttpResponse:
    """Say nothing about who may call."""
    return HttpResponse("reached")


def test_a_view_that_declares_nothing_is_refused_even_to_an_owner(
    ours: Inhabited, monkeypatch: pytest.MonkeyPatch
) -> None:
    for surface in ("patient_routes", "staff_routes"):
        added = path(f"added/{surface}/", silent, name="added")
        monkeypatch.setattr(urls, surface, [*getattr(urls, surface), added])
    monkeypatch.setattr(urls, "urlpatterns", [*urls.patient_routes, *urls.staff_routes])
    clear_url_caches()
    try:
        new = [one for one in all_routes() if one.name == "added"]
        assert {one.surface for one in new} == {"patient", "staff"}
        for client in (browser_of(ours.clinic.owner), browser()):
            for route, method in itertools.product(new, ("GET", "POST", "HEAD", "PUT")):
                assert asked(client, method, route.path).status_code == 403
    finally:
        monkeypatch.undo()
        clear_url_caches()


def test_every_route_whose_declaration_is_lost_is_refused_even_to_an_owner(
    ours: Inhabited, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = browser_of(ours.clinic.owner)
    monkeypatch.setattr(middleware, "declaration_of", lambda view: None)
    reached = [
        (route.name, answer.status_code)
        for route, answer in walked(client, ours, all_routes())
        if answer.status_code != 403 or not _is_ours(answer)
    ]
    assert reached == []


def _is_ours(answer: Any) -> bool:
    return answer.request["REQUEST_METHOD"] == "HEAD" or b"<h1>" in answer.content


def test_the_routes_that_are_open_are_these_and_no_others() -> None:
    found = {
        one.name: one.declaration.reason
        for one in routes(Reach.OPEN)
        if one.declaration is not None
    }
    assert found == OPEN


# Nobody, and half of somebody.


def test_nobody_reaches_what_is_not_open(ours: Inhabited) -> None:
    before = ours.trail_size
    closed = [*of_members(), *routes(Reach.ENROLMENT)]
    reached = _reached(browser(), ours, closed)
    assert reached == []
    assert ours.trail_size == before


def test_nobody_gets_an_answer_from_what_is_open(ours: Inhabited) -> None:
    odd = {
        (route.name, answer.status_code)
        for route in routes(Reach.OPEN)
        for answer in [browser().get(ours.address(route))]
        if answer.status_code not in {200, 302, 405}
    }
    assert odd == set()


def test_a_session_without_its_second_step_reaches_no_page_of_the_organisation(
    ours: Inhabited,
) -> None:
    people = [_colleague(ours, has_app=has_app) for has_app in (True, False)]
    before = ours.trail_size
    for ben, stage in itertools.product(people, (Stage.PASSWORD, Stage.FACTORS)):
        client = browser_of(ben, stage=stage)
        assert _reached(client, ours, of_members()) == []
    assert ours.trail_size == before


def test_a_session_without_its_second_step_stays_among_its_own_pages(ours: Inhabited) -> None:
    mine = {ours.address(route) for route in routes(Reach.ENROLMENT)} | {"/sign-in/"}
    for has_app in (True, False):
        client = browser_of(_colleague(ours, has_app=has_app), stage=Stage.PASSWORD)
        for route in routes(Reach.ENROLMENT):
            answer = client.get(ours.address(route))
            if answer.status_code == 302:
                assert answer["Location"] in mine, route.name
            else:
                assert answer.status_code in {200, 404}, route.name
                assert b'class="rail' not in answer.content, route.name


def test_a_full_session_has_no_business_among_the_pages_of_arriving(ours: Inhabited) -> None:
    client = browser_of(ours.clinic.owner)
    assert _reached(client, ours, routes(Reach.ENROLMENT)) == []


def _colleague(here: Inhabited, *, has_app: bool) -> Person:
    name = f"Ben-{int(has_app)}"
    if has_app:
        return here.clinic.add(name, Role.MEMBER)
    return make_person(name, has_app=False, organisation=here.clinic.organisation.id)


# Roles.


def test_each_role_holds_what_this_table_says() -> None:
    held = {
        permission: {role.value for role in registry.roles_holding(permission)}
        for permission in registry.permissions()
    }
    assert held == HELD


def test_each_role_reaches_what_its_permissions_say_and_a_refusal_is_on_the_trail(
    ours: Inhabited,
) -> None:
    for role in Role:
        person = ours.clinic.add(f"Ben-{role}", role)
        client = browser_of(person)
        statuses = {route: client.get(ours.address(route)) for route in of_members()}
        wrong = [
            (role, route.name, answer.status_code)
            for route, answer in statuses.items()
            if (answer.status_code == 403) is _is_held(role, route) or leads_to_sign_in(answer)
        ]
        assert wrong == []
        assert _refusals(ours, person) == [
            {"needed": route.access, "route": route.name, "method": "GET"}
            for route in of_members()
            if not _is_held(role, route)
        ]


def _is_held(role: Role, route: Route) -> bool:
    """Tell what the table says, not what the program does."""
    is_for_all = route.declaration is not None and route.declaration.permission is None
    return is_for_all or role.value in HELD[route.access]


def _refusals(here: Inhabited, person: Person) -> list[Any]:
    kinds = ["access:request:refuse"]
    page = page_of_entries(author(here.clinic), actor=person.user.pk, kinds=kinds, limit=200)
    payloads = [entry.payload for entry in reversed(page.entries)]
    assert all(payload and payload.outcome == "refused" for payload in payloads)
    return [payload.detail for payload in payloads if payload]


# The wall: a stranger's id answers like one that never was.

QUERIES = (
    "/trail/?about={}",
    "/trail/?member={}",
    "/inbox/?form={}",
    "/inbox/?before={}",
    "/persons/?before={}",
)


MISSING = {404, 405}


@dataclass(frozen=True)
class Trespass:
    """An address of ours with one or more ids in it that are not ours."""

    route: Route
    method: str
    names: tuple[str, ...]

    def ask(self, client: Client, here: Inhabited, ids: dict[str, Any]) -> tuple[Any, ...]:
        """Ask with these ids and return everything of the answer that could tell something."""
        instead = {name: ids[name] for name in self.names}
        answer = asked(client, self.method, here.address(self.route, **instead), self._body())
        return said(answer, *instead.values())

    def _body(self) -> dict[str, Any]:
        """Return a form that would be taken if the rows were ours."""
        return {
            "reason": REASON,
            "origins": "https://www.ashgrove.example",
            "definition": SimpleUploadedFile("form.json", str(INTAKE).encode()),
            "name": "name",
            "born": "born",
            "columns": ["name", "born"],
        }


def said(answer: Any, *ids: Any) -> tuple[Any, ...]:
    """Return status, headers and body, without the ids asked for and what is new each time."""
    body = answer.content.decode()
    for one in ids:
        body = body.replace(str(one), "ID")
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "TOKEN", body)
    body = re.sub(r'\bseconds(-in-all)?="\d+"', "SECONDS", body)  # that the session is good
    body = re.sub(r'<span class="mono">[0-9a-f]{12}</span>', "REFERENCE", body)
    return answer.status_code, sorted(answer.headers.items()), body


def trespasses(which: list[Route]) -> Iterator[Trespass]:
    for route in which:
        names = id_names(route)
        combinations = {(name,) for name in names} | ({tuple(names)} if names else set())
        for method in sorted(route.methods):
            yield from (Trespass(route, method, each) for each in sorted(combinations))


def differences(
    ours: Inhabited, theirs: Inhabited, who: Person | None = None, refusals: set[int] = MISSING
) -> list[str]:
    """Walk every route with a stranger's ids beside random ones; name what answers otherwise."""
    client, found = browser_of(who or ours.clinic.owner), []
    client.raise_request_exception = False
    walk = list(trespasses(of_members()))
    assert len({trespass.route.name for trespass in walk}) > 15
    for trespass in walk:
        unknown = {name: uuid7() for name in theirs.ids}
        strangers = trespass.ask(client, ours, theirs.ids)
        nobodys = trespass.ask(client, ours, unknown)
        if strangers != nobodys or strangers[0] not in refusals:
            found.append(f"{trespass.method} {trespass.route.name} {trespass.names} {strangers[0]}")
    return found


def test_every_id_of_another_organisation_answers_like_one_that_never_was(
    stores: Stores, ours: Inhabited, theirs: Inhabited
) -> None:
    trail_before, data_before = theirs.trail_size, rows_of(stores, "data")
    assert differences(ours, theirs) == []
    assert theirs.trail_size == trail_before, "Cy's trail tells of Ada's trespass"
    assert _changed(data_before, rows_of(stores, "data")) <= {
        "audit_outbox",
        "identity_sessionrecord",
    }


def _changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {table for table in before if before[table] != after[table]}


def test_ids_behind_a_question_mark_answer_like_ids_that_never_were(
    ours: Inhabited, theirs: Inhabited
) -> None:
    before, client = theirs.trail_size, browser_of(ours.clinic.owner)
    cys = [*theirs.ids.values(), theirs.clinic.owner.user.pk]
    for query in QUERIES:
        if "before" in query:  # a place in the order of time, whoever's id it is
            continue
        unknown = _plain(client.get(query.format(uuid7())))
        for one in cys:
            assert _plain(client.get(query.format(one))) == unknown, query
    assert theirs.trail_size == before


def _plain(answer: Any) -> tuple[int, bool, int]:
    """Return what a list says of an id: the status, whether anything of it is there, rows."""
    body = answer.content.decode()
    return answer.status_code, "Cedar Practice" in body, body.count("/inbox/0")


def test_a_list_that_goes_on_from_a_strangers_row_shows_our_rows_only(
    ours: Inhabited, theirs: Inhabited
) -> None:
    client = browser_of(ours.clinic.owner)
    for query in ("/inbox/?before={}", "/persons/?before={}"):
        body = client.get(query.format(theirs.ids["submission_id"])).content.decode()
        listed = set(re.findall(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", body))
        assert str(ours.ids["submission_id"]) in listed or str(ours.ids["person_id"]) in listed
        assert listed.isdisjoint(
            {str(one) for one in theirs.ids.values()} - {str(theirs.ids["submission_id"])}
        )


def test_a_session_of_a_stranger_cannot_be_ended(ours: Inhabited, theirs: Inhabited) -> None:
    cy = browser_of(theirs.clinic.owner)
    browser_of(ours.clinic.owner).post(f"/account/sessions/{theirs.ids['session_id']}/end/")
    assert str(theirs.ids["session_id"]) in cy.get("/account/").content.decode()


def _without_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WalledManager, "get_queryset", Manager.get_queryset)


@pytest.mark.scale
def test_with_the_applications_filter_taken_away_the_database_still_says_unknown(
    ours: Inhabited, theirs: Inhabited, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_filter(monkeypatch)
    before = theirs.trail_size
    assert differences(ours, theirs) == []
    assert theirs.trail_size == before


@pytest.mark.embedded
def test_with_the_only_wall_taken_away_the_walk_notices(
    ours: Inhabited, theirs: Inhabited, monkeypatch: pytest.MonkeyPatch
) -> None:
    _without_filter(monkeypatch)
    found = " ".join(differences(ours, theirs))
    for name in ("office:person", "forms:submission", "forms:form", "forms:revoke"):
        assert name in found
