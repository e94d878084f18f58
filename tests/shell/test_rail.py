"""The rail: what a member may use, where one is, and no claim about the trail unchecked."""

from datetime import timedelta
from enum import StrEnum  # noqa: TC003  the annotation below is of a dict
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import RequestFactory
from django.urls import resolve

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.manifest import Manifest, MenuItem
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.queries import TrailState, state
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.shell import menu, trail_state
from keepwell.shell.context import Frame
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7

PORTLAND = ZoneInfo("America/Los_Angeles")


@pytest.fixture
def manifests() -> Any:
    before = registry.manifests()
    lines = (
        MenuItem(
            title="Members",
            route="press",
            icon="people",
            section="Safeguards",
            order=20,
            permission=AccessPermission.MEMBER_LIST,
        ),
        MenuItem(title="Home", route="embedded", icon="home", order=1),
        MenuItem(title="Gone", route="no_such_route", icon="form", order=2),
    )
    grants: dict[StrEnum, set[Role]] = {AccessPermission.MEMBER_LIST: {Role.OWNER}}
    registry.install([Manifest(app="test", title="Test", menu=lines, grants=grants)])
    yield
    registry.install(before)


def _menu(role: Role, settings: Any, path: str = "/embedded/") -> list[menu.Group]:
    settings.ROOT_URLCONF = "tests.shell.routes"
    request = RequestFactory().get(path)
    request.resolver_match = resolve(path)
    viewer = Viewer(kind=ViewerKind.MEMBER, organisation=uuid7(), actor=uuid7(), role=role)
    return menu.menu_for(viewer, request)


@pytest.mark.usefixtures("manifests")
def test_an_owner_sees_every_line_in_its_section(settings: Any) -> None:
    groups = _menu(Role.OWNER, settings)
    assert [(group.title, [item.label for item in group.items]) for group in groups] == [
        ("", ["Home"]),
        ("Safeguards", ["Members"]),
    ]


@pytest.mark.usefixtures("manifests")
def test_a_member_sees_no_line_that_leads_to_a_refusal(settings: Any) -> None:
    assert [group.title for group in _menu(Role.MEMBER, settings)] == [""]


@pytest.mark.usefixtures("manifests")
def test_the_line_of_the_open_page_is_marked(settings: Any) -> None:
    home, members = (group.items[0] for group in _menu(Role.OWNER, settings, "/press/"))
    assert (home.is_current, members.is_current) == (False, True)


def _state(*, whole: bool | None, minutes: int = 0) -> TrailState:
    checked = None if whole is None else clock.now() - timedelta(minutes=minutes)
    return TrailState(size=1, root=b"", signed=clock.now(), checked=checked, whole=whole)


def test_a_whole_trail_says_when_that_was_checked() -> None:
    words = trail_state.say(_state(whole=True), PORTLAND)
    assert words.words.startswith("Trail whole, checked ")
    assert words.icon == "proof"


def test_a_trail_that_nobody_checked_makes_no_claim() -> None:
    words = trail_state.say(_state(whole=None), PORTLAND)
    assert words.words == "Trail not checked yet"
    assert words.tone == "info"


def test_a_broken_trail_says_so_loudly() -> None:
    words = trail_state.say(_state(whole=False), PORTLAND)
    assert words.words.startswith("Trail broken, found ")
    assert words.tone == "danger"


def test_a_trail_out_of_reach_leaves_the_page_standing(stores: Any) -> None:
    nobody = Viewer(kind=ViewerKind.MEMBER, organisation=uuid7(), actor=uuid7(), role="owner")
    assert trail_state.words_for(nobody, PORTLAND).words == "Trail out of reach"


def test_no_page_waits_for_what_is_on_its_way_into_the_log(
    organisation: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[object] = []
    monkeypatch.setattr(writer, "settle", waited.append)
    viewer = Viewer(kind=ViewerKind.MEMBER, organisation=organisation.id, actor=uuid7())
    assert trail_state.words_for(viewer, PORTLAND).words == "Trail not checked yet"
    assert waited == []
    state(viewer)  # whoever reads the trail itself does wait
    assert waited == [organisation.id]


def test_the_name_at_the_foot_leads_to_the_account(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.shell.routes"
    settings.KEEPWELL_ACCOUNT_ROUTE = "press"
    there, elsewhere = (Frame(RequestFactory().get(path)) for path in ("/press/", "/embedded/"))
    assert (there.account_url, there.is_account) == ("/press/", True)
    assert (elsewhere.account_url, elsewhere.is_account) == ("/press/", False)
