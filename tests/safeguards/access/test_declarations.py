"""A view says who may use it, or nobody may."""

import json
from enum import StrEnum

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views import View
from django.views.decorators.http import require_POST

from keepwell.config import urls
from keepwell.safeguards.access import registry
from keepwell.safeguards.access.checks import check_declarations
from keepwell.safeguards.access.declarations import (
    NothingToSay,
    declaration_of,
    declare,
    open_to_all,
    requires,
    signed_in,
)
from keepwell.safeguards.access.manifest import Manifest, MenuItem
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import grants_of, may, menu_for
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.routes import all_routes, walk
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit.identifiers import uuid7


class Permission(StrEnum):
    """Made up for these tests."""

    NOBODYS = "nobodys:thing"


def silent(request: HttpRequest) -> HttpResponse:
    return HttpResponse("silent")


@requires(AccessPermission.MEMBER_ADD, purpose="care")
@require_POST
def told(request: HttpRequest) -> HttpResponse:
    return HttpResponse("told")


@signed_in
class Told(View):
    """Declares itself."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("told")


class Wider(Told):
    """Says nothing itself: what it adds was never declared."""


def test_declarations_are_read_from_functions_and_classes() -> None:
    assert declaration_of(silent) is None
    declared = declaration_of(told)
    assert declared
    assert (declared.permission, declared.purpose) == (AccessPermission.MEMBER_ADD, "care")
    assert declaration_of(Told.as_view())


def test_a_subclass_does_not_inherit_a_declaration() -> None:
    assert declaration_of(Wider.as_view()) is None


def test_a_librarys_view_is_declared_without_being_touched() -> None:
    assert declaration_of(declare(silent, signed_in))
    assert declaration_of(silent) is None


def test_an_open_view_needs_a_reason() -> None:
    with pytest.raises(NothingToSay):
        open_to_all(" ")


def test_the_walk_lists_method_path_name_and_answer() -> None:
    inner = ([path("told/<uuid:id>/", told, name="told")], "people")
    routes = walk([path("clinic/", include(inner)), path("silent/", silent)], surface="staff")
    listed = [(sorted(r.methods), r.path, r.name, r.access, r.surface) for r in routes]
    assert listed == [
        (["POST"], "/clinic/told/<uuid:id>/", "people:told", "member:add", "staff"),
        (["GET", "HEAD", "POST"], "/silent/", "", "undeclared", "staff"),
    ]


def test_every_route_of_keepwell_is_declared() -> None:
    routes = all_routes()
    assert routes
    assert not [route.path for route in routes if route.declaration is None]
    assert {route.surface for route in routes} <= {"patient", "staff"}
    assert json.dumps([route.access for route in routes])


def test_the_start_up_check_names_silent_routes_and_unheld_permissions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unheld = declare(silent, requires(Permission.NOBODYS))
    added = [path("silent/", silent), path("unheld/", unheld)]
    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, *added])
    found = {problem.id: problem.msg for problem in check_declarations(None)}
    assert set(found) == {"access.E001", "access.E002"}
    assert "/silent/" in found["access.E001"]
    assert "/unheld/" in found["access.E002"]


def member(role: Role) -> Viewer:
    return Viewer(kind=ViewerKind.MEMBER, organisation=uuid7(), actor=uuid7(), role=role)


@pytest.mark.parametrize(
    ("role", "is_allowed"),
    [(Role.OWNER, True), (Role.ADMINISTRATOR, True), (Role.MEMBER, False), (Role.AUDITOR, False)],
)
def test_a_role_may_what_the_manifest_grants(role: Role, *, is_allowed: bool) -> None:
    assert may(member(role), AccessPermission.MEMBER_ADD) is is_allowed
    assert (AccessPermission.MEMBER_ADD in grants_of(role)) is is_allowed


@pytest.mark.parametrize("kind", sorted(set(ViewerKind) - {ViewerKind.MEMBER, ViewerKind.CONSOLE}))
def test_nobody_but_members_and_the_console_may_anything(kind: ViewerKind) -> None:
    viewer = Viewer(kind=kind, organisation=uuid7(), actor=uuid7(), role=Role.OWNER)
    assert not may(viewer, AccessPermission.MEMBER_ADD)


def test_a_permission_that_nobody_declared_is_held_by_nobody() -> None:
    assert not may(member(Role.OWNER), Permission.NOBODYS)


@pytest.fixture
def _registry() -> object:
    before = registry.manifests()
    yield
    registry.install(before)


@pytest.mark.usefixtures("_registry")
def test_one_app_and_one_permission_are_declared_once() -> None:
    one = Manifest(app="one", title="One", grants={Permission.NOBODYS: {Role.OWNER}})
    with pytest.raises(registry.TwiceDeclared):
        registry.install([one, Manifest(app="one", title="Again")])
    with pytest.raises(registry.TwiceDeclared):
        registry.install([one, Manifest(app="two", title="Two", grants=one.grants)])


@pytest.mark.usefixtures("_registry")
def test_the_menu_shows_what_leads_somewhere() -> None:
    lines = (
        MenuItem(title="Last", route="x", icon="home", order=9),
        MenuItem(title="Held", route="x", icon="home", permission=Permission.NOBODYS, order=1),
    )
    manifest = Manifest(
        app="one", title="One", menu=lines, grants={Permission.NOBODYS: {Role.OWNER}}
    )
    registry.install([manifest])
    assert [item.title for item in menu_for(member(Role.OWNER))] == ["Held", "Last"]
    assert [item.title for item in menu_for(member(Role.MEMBER))] == ["Last"]
