"""Every manifest, installed once at start (settings.KEEPWELL_MANIFESTS names the list)."""

from collections.abc import Iterable
from types import MappingProxyType
from typing import TYPE_CHECKING

from keepwell.safeguards.access.manifest import EventWords, Manifest, MenuItem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keepwell.safeguards.access.roles import Role

_manifests: tuple[Manifest, ...] = ()
_grants: "Mapping[str, frozenset[Role]]" = MappingProxyType({})


class TwiceDeclared(ValueError):  # noqa: N818  names the fact
    """Two manifests speak for one app or one permission: nobody could say which counts."""


def install(manifests: Iterable[Manifest]) -> None:
    """Make these the manifests of this process, in place of any before."""
    global _manifests, _grants  # one registry per process, written at start
    given = tuple(manifests)
    grants: dict[str, frozenset[Role]] = {}
    seen: set[str] = set()
    for manifest in given:
        _refuse_twice(manifest.app, seen)
        for permission, roles in manifest.grants.items():
            _refuse_twice(permission, grants.keys())
            grants[str(permission)] = frozenset(roles)
        seen.add(manifest.app)
    _manifests, _grants = given, MappingProxyType(grants)


def _refuse_twice(name: str, seen: Iterable[str]) -> None:
    if name in seen:
        raise TwiceDeclared(f"{name} is declared by two manifests.")


def manifests() -> tuple[Manifest, ...]:
    """Return the installed manifests, in the order config lists them."""
    return _manifests


def roles_holding(permission: str) -> "frozenset[Role]":
    """Return the roles that hold a permission; none for a permission nobody declared."""
    return _grants.get(str(permission), frozenset())


def permissions() -> frozenset[str]:
    """Return every declared permission."""
    return frozenset(_grants)


def menu() -> tuple[MenuItem, ...]:
    """Return every line of the menu in its order, whoever may see it."""
    lines = [item for manifest in _manifests for item in manifest.menu]
    return tuple(sorted(lines, key=lambda item: item.order))


def event_words(kind: str) -> EventWords | None:
    """Return how the trail tells this kind of entry; None for a kind no installed app knows."""
    told = (manifest.events for manifest in _manifests)
    return next((events[key] for events in told for key in events if key == kind), None)
