"""Who may what, as a table: roles by permissions, read from the manifests and from nowhere else."""

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.declarations import Reach
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.routes import Route

IN_ORDER = (Role.OWNER, Role.ADMINISTRATOR, Role.MEMBER, Role.TECHNICIAN, Role.AUDITOR)
ROLES = tuple(role.value for role in IN_ORDER)


def matrix() -> dict[str, list[str]]:
    """Return each permission with the roles that hold it, both in their order."""
    return {
        permission: [role for role in ROLES if role in registry.roles_holding(permission)]
        for permission in sorted(registry.permissions())
    }


def whole() -> list[str]:
    """Return the permissions that only those hold who belong to all locations."""
    return [one for one in sorted(registry.permissions()) if registry.concerns_the_whole(one)]


def raisable() -> list[str]:
    """Return what can be given to a member for a while, beyond the role."""
    return sorted(registry.raisable())


def emergency() -> list[str]:
    """Return what is held in an emergency by whoever may begin one, beyond the role."""
    return sorted(registry.emergency_permissions())


def is_for_members(route: Route) -> bool:
    """Tell whether a route is one that members reach, by permission or by being members."""
    declared = route.declaration
    return declared is not None and declared.reach in {Reach.PERMISSION, Reach.SIGNED_IN}


def reaches(role: str, route: Route) -> bool:
    """Tell whether a role reaches a route of members."""
    permission = route.declaration.permission if route.declaration else None
    return permission is None or role in registry.roles_holding(str(permission))
