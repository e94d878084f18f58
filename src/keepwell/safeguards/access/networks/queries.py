"""Who may come in now, and what another list would do."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from keepwell.safeguards.access import ranges
from keepwell.safeguards.access.models import AllowedNetwork
from keepwell.safeguards.access.networks.rules import Rule, admits, meant_rules
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import allow, present_members, within_reach
from keepwell.safeguards.identity import sessions
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer


def lets_in(viewer: Viewer) -> bool:
    """Tell whether this member may work from the address the request came from."""
    return admits(_in_force(viewer.organisation), role=viewer.role, address=viewer.address)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a list would do now: to whoever asks, and to colleagues who are signed in."""

    lets_you_in: bool
    signed_out: int  # colleagues


def effect_of_adding(viewer: Viewer, *, network: str, role: str = "") -> Effect:
    """Return what the list would do with one range more."""
    return _effect(viewer, [*meant_rules(listed(viewer)), Rule(network, role)])


def effect_of_removing(viewer: Viewer, network: UUID) -> Effect:
    """Return what the list would do without one of its ranges."""
    left = [row for row in listed(viewer) if row.pk != network]
    return _effect(viewer, meant_rules(left))


def _effect(viewer: Viewer, rules: list[Rule]) -> Effect:
    with wall.reading(viewer.organisation):
        roles = dict(present_members(viewer).values_list("user_id", "role"))
    out = {
        session.user_id
        for session in sessions.standing_in(viewer.organisation)
        if session.user_id in roles
        and not admits(rules, role=roles[session.user_id], address=session.address)
    }
    lets_you_in = admits(rules, role=viewer.role, address=viewer.address)
    return Effect(lets_you_in, len(out - {viewer.actor}))


def places_of(viewer: Viewer, addresses: Iterable[str]) -> dict[str, str]:
    """Return what the organisation calls the narrowest of its networks around each address.

    Every member may ask it of the own sessions, so it wants no permission.
    """
    with wall.reading(viewer.organisation):
        rows = AllowedNetwork.objects.values_list("network", "name")
        named = sorted(rows, key=lambda row: -ranges.range_of(row[0]).prefixlen)
    found = {}
    for address in set(addresses):
        around = (name for network, name in named if ranges.is_in(address, [network]))
        found[address] = next(around, "")
    return found


def one(viewer: Viewer, network: UUID) -> AllowedNetwork:
    """Return a range of the viewer's organisation; raise OutOfReach."""
    allow(viewer, AccessPermission.NETWORK_LIST)
    with wall.reading(viewer.organisation):
        row: AllowedNetwork = within_reach(AllowedNetwork.objects.all(), pk=network)
    return row


def listed(viewer: Viewer) -> list[AllowedNetwork]:
    """List the viewer's organisation's ranges, also those that are suspended."""
    allow(viewer, AccessPermission.NETWORK_LIST)
    with wall.reading(viewer.organisation):
        return list(AllowedNetwork.objects.order_by("role", "name", "id"))


def _in_force(organisation: UUID) -> list[Rule]:
    """Return the rules of an organisation that count now."""
    with wall.reading(organisation):
        rows = AllowedNetwork.objects.filter(suspended__isnull=True)
        return [Rule(network, role) for network, role in rows.values_list("network", "role")]
