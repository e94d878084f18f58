"""Who may what: the questions that views, actions, menus and streams ask."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import models

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.errors import NotPermitted, OutOfReach
from keepwell.safeguards.access.locations.placing import MEMBERSHIP, placed
from keepwell.safeguards.access.manifest import MenuItem
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.identity.models import User
from keepwell.safeguards.identity.recording import organisations_of as doors_of
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind

Row = TypeVar("Row", bound=models.Model)


def may(viewer: Viewer, permission: StrEnum | str) -> bool:
    """Tell whether this viewer holds a permission.

    A member holds what the role holds and what is raised for a while, and so does a job that a
    member started: its viewer has the rights of now (`viewers.of_job`). What concerns the whole
    organisation takes somebody who belongs to all of its locations. The console is whoever runs
    commands on the host as Keepwell's account and holds everything, on the trail. Nobody else
    holds a permission of staff.
    """
    if viewer.kind is ViewerKind.CONSOLE:
        return True
    is_for_member = viewer.kind is ViewerKind.JOB and viewer.on_behalf_of is not None
    if viewer.kind is not ViewerKind.MEMBER and not is_for_member:
        return False
    if viewer.locations is not None and registry.concerns_the_whole(str(permission)):
        return False
    if str(permission) in viewer.raised:
        return True
    return viewer.role in registry.roles_holding(str(permission))


def allow(viewer: Viewer, permission: StrEnum | str) -> None:
    """Raise NotPermitted unless this viewer holds the permission: the first line of an action."""
    if not may(viewer, permission):
        raise NotPermitted


def grants_of(role: Role | str) -> frozenset[str]:
    """Return every permission a role holds."""
    return frozenset(p for p in registry.permissions() if role in registry.roles_holding(p))


def menu_for(viewer: Viewer) -> tuple[MenuItem, ...]:
    """Return the lines of the menu that lead somewhere for this viewer."""
    return tuple(
        item for item in registry.menu() if item.permission is None or may(viewer, item.permission)
    )


@dataclass(frozen=True, slots=True)
class Belonging:
    """What a member is in an organisation now, and at which of its locations; None: at all."""

    membership: UUID
    role: Role
    locations: frozenset[UUID] | None


def belonging_of(user: UUID, organisation: UUID) -> Belonging | None:
    """Return what an account is in an organisation now, or None when it is no member.

    Somebody who waits to be let in is none.
    """
    with wall.reading(organisation):
        rows = Membership.objects.filter(user_id=user, approved__isnull=False, ended__isnull=True)
        found = rows.values_list("pk", "role", "is_everywhere").first()
        if found is None:
            return None
        membership, role, is_everywhere = found
        where = None if is_everywhere else placed(MEMBERSHIP, membership)
        return Belonging(membership, Role(role), where)


def role_of(user: UUID, organisation: UUID) -> Role | None:
    """Return the role an account has in an organisation now, or None when it is no member."""
    found = belonging_of(user, organisation)
    return found.role if found else None


def organisations_of(user: User) -> list[Organisation]:
    """List the organisations where an account is a member now: those it may sign in to."""
    entered = [one for one in doors_of(user) if role_of(user.pk, one) is not None]
    found = []
    for organisation in entered:
        with wall.reading(organisation):
            found.append(Organisation.objects.get(pk=organisation))
    return found


def present_members(viewer: Viewer) -> "models.QuerySet[Membership]":
    """Return who works here now, as rows to narrow. Call it inside the wall."""
    rows: models.QuerySet[Membership] = Membership.objects.filter(
        organisation=viewer.organisation, approved__isnull=False, ended__isnull=True
    )
    return rows


def members_as(
    viewer: Viewer, roles: Collection[str], *, is_everywhere: bool = False
) -> list[Membership]:
    """List the present members with one of these roles, by name; or only those of all locations.

    There is no list of everybody: an organisation may have thousands (`access.paging`).
    """
    with wall.reading(viewer.organisation):
        rows = present_members(viewer).filter(role__in=roles)
        rows = rows.filter(is_everywhere=True) if is_everywhere else rows
        return list(rows.select_related("user").order_by("user__name", "id"))


def has_another_holding(viewer: Viewer, permission: StrEnum | str) -> bool:
    """Tell whether a member other than the viewer, of all locations, holds a permission by role."""
    with wall.reading(viewer.organisation):
        return bool(others_holding(viewer, permission).exists())


def others_holding(viewer: Viewer, permission: StrEnum | str) -> "models.QuerySet[Membership]":
    """Return the members other than the viewer, of all locations, who hold a permission by role.

    As rows to narrow. Call it inside the wall.
    """
    rows = present_members(viewer).exclude(user=viewer.actor)
    return rows.filter(role__in=registry.roles_holding(str(permission)), is_everywhere=True)


def within_reach(rows: "models.QuerySet[Row]", **which: Any) -> Row:
    """Return the one row of these that matches, or raise OutOfReach.

    A stranger's id, an unknown id and nonsense answer alike (ASVS 8.4.1), so an id teaches nothing.
    Call it inside the wall.
    """
    try:
        return rows.get(**which)
    except (ObjectDoesNotExist, ValueError, ValidationError) as error:
        raise OutOfReach from error
