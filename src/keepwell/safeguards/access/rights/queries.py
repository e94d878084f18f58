"""What an account may do in an organisation now: what its role holds, and what is raised."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import CharField, F, Value

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.models import Elevation, EmergencyAccess
from keepwell.safeguards.access.queries import belonging_of
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit.clock import now


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """The rights of one request: asked for anew at the next, so nothing outlives its time."""

    role: Role
    locations: frozenset[UUID] | None = None  # None: at all
    raised: frozenset[str] = frozenset()
    emergency: UUID | None = None


def rights_of(user: UUID, organisation: UUID, *, session: UUID | None = None) -> Rights | None:
    """Return the rights of an account in an organisation; None when it is no member there.

    Emergency access counts only in the session that began it: never for a job.
    """
    with wall.reading(organisation):
        found = belonging_of(user, organisation)
        if found is None:
            return None
        raised = _raised(found.membership, found.role, session)
    emergency = next((one for one, permissions in raised if not permissions), None)
    held = {code for _one, permissions in raised for code in permissions.split()}
    if emergency is not None:
        held |= registry.emergency_permissions()
    return Rights(
        role=found.role,
        locations=found.locations,
        raised=frozenset(held),
        emergency=emergency,
    )


def _raised(membership: UUID, role: str, session: UUID | None) -> list[tuple[UUID, str]]:
    """Return id and permissions of what stands; an emergency has no permissions of its own."""
    standing = {"membership": membership, "ended__isnull": True, "until__gt": now()}
    elevations = Elevation.objects.filter(**standing).values_list("pk", "permissions")
    if session is None:
        return list(elevations)
    none = Value("", output_field=CharField())
    emergencies = EmergencyAccess.objects.filter(**standing, session=session, role=role)
    marked = emergencies.annotate(permissions=none).values_list("pk", F("permissions"))
    return list(elevations.union(marked))
