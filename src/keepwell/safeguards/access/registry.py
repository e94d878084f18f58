"""Every manifest, installed once at start (settings.KEEPWELL_MANIFESTS names the list)."""

from collections.abc import Collection, Iterable
from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q

from keepwell.safeguards.access.manifest import (
    EventWords,
    FirstStep,
    Held,
    HomeLine,
    Manifest,
    MenuItem,
    PatientPlace,
    PersonLine,
    PersonPart,
    RecordWords,
    Safeguard,
    SummaryLine,
)
from keepwell.safeguards.tenancy.viewer import Viewer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.http import HttpRequest
    from django.utils.functional import Promise

    from keepwell.safeguards.access.roles import Role

_manifests: tuple[Manifest, ...] = ()
_grants: "Mapping[str, frozenset[Role]]" = MappingProxyType({})


class TwiceDeclared(ValueError):  # noqa: N818  names the fact
    """Two manifests speak for one app or one permission: nobody could say which counts."""


class NobodysPermission(ValueError):  # noqa: N818  names the fact
    """A manifest lets a permission be raised that it does not grant to any role."""


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
        _refuse_ungranted(manifest)
    _manifests, _grants = given, MappingProxyType(grants)


def _refuse_ungranted(manifest: Manifest) -> None:
    """Raise for a permission that no role holds, or that another app would have to speak for."""
    strange = {*manifest.raisable, *manifest.emergency} - set(manifest.grants)
    if strange:
        raise NobodysPermission(
            f"{manifest.app} raises {sorted(strange)}, which it does not grant."
        )


def _refuse_twice(name: str, seen: Iterable[str]) -> None:
    if name in seen:
        raise TwiceDeclared(f"{name} is declared by two manifests.")


def manifests() -> tuple[Manifest, ...]:
    """Return the installed manifests, in the order config lists them."""
    return _manifests


def roles_holding(permission: str) -> "frozenset[Role]":
    """Return the roles that hold a permission; none for a permission nobody declared."""
    return _grants.get(str(permission), frozenset())


def concerns_the_whole(permission: str) -> bool:
    """Tell whether a permission is held only by those who belong to all locations."""
    return any(permission in manifest.whole for manifest in _manifests)


def person_reach(viewer: Viewer) -> Q:
    """Return the condition on persons whom a viewer of some locations reaches; of any app."""
    asked = (manifest.person_reach for manifest in _manifests)
    nobody = Q(pk__in=())
    return reduce(or_, (Q(reach(viewer)) for reach in asked if reach is not None), nobody)


def reached(viewer: Viewer, model: str, ids: Collection[UUID]) -> frozenset[UUID]:
    """Return those of a model's rows that a viewer's locations reach; none of a silent model."""
    asked = next((m.reached[model] for m in _manifests if model in m.reached), None)
    return frozenset(asked(viewer, ids)) if asked and ids else frozenset()


def take_from(viewer: Viewer, account: UUID) -> "Iterator[Held]":
    """End what an account holds beside its role; yield each thing. Inside the caller's wall."""
    for manifest in _manifests:
        if manifest.taken_from is not None:
            yield from manifest.taken_from(viewer, account)


def permissions() -> frozenset[str]:
    """Return every declared permission."""
    return frozenset(_grants)


def raisable() -> "Mapping[str, str | Promise]":
    """Return the permissions that can be asked for, for a while, with their words."""
    return {str(one): words for m in _manifests for one, words in m.raisable.items()}


def emergency_permissions() -> frozenset[str]:
    """Return the permissions that are held in an emergency (45 CFR 164.312(a)(2)(ii))."""
    return frozenset(str(one) for manifest in _manifests for one in manifest.emergency)


def menu() -> tuple[MenuItem, ...]:
    """Return every line of the menu in its order, whoever may see it."""
    lines = [item for manifest in _manifests for item in manifest.menu]
    return tuple(sorted(lines, key=lambda item: item.order))


def safeguards() -> tuple[Safeguard, ...]:
    """Return the safeguards that apps speak for, by `order`."""
    declared = [one for manifest in _manifests for one in manifest.safeguards]
    return tuple(sorted(declared, key=lambda one: one.order))


def event_words(kind: str) -> EventWords | None:
    """Return how the trail tells this kind of entry; None for a kind no installed app knows."""
    return next((m.events[kind] for m in _manifests if kind in m.events), None)


def record_words(model: str) -> RecordWords | None:
    """Return how rows of this model are spoken of; None when no installed app says."""
    return next((m.records[model] for m in _manifests if model in m.records), None)


def home_lines(viewer: Viewer) -> tuple[HomeLine, ...]:
    """Return what waits for this viewer, by `order`, then in the order of the manifests."""
    asked = (manifest.home for manifest in _manifests)
    lines = [line for home in asked if home is not None for line in home(viewer)]
    return tuple(sorted(lines, key=lambda line: line.order))


def summary_lines(viewer: Viewer) -> tuple[SummaryLine, ...]:
    """Return how much waits for this viewer, where anything does, by `order`."""
    asked = (manifest.summary for manifest in _manifests)
    lines = [line for summary in asked if summary is not None for line in summary(viewer)]
    return tuple(sorted((one for one in lines if one.count), key=lambda line: line.order))


def first_steps(viewer: Viewer) -> tuple[FirstStep, ...]:
    """Return what this viewer can do before the first patient comes, done or not."""
    asked = (manifest.first_steps for manifest in _manifests)
    return tuple(step for steps in asked if steps is not None for step in steps(viewer))


def person_records(viewer: Viewer, persons: tuple[UUID, ...]) -> tuple[PersonLine, ...]:
    """Return what every app keeps about these persons, newest first."""
    asked = (manifest.person_records for manifest in _manifests)
    lines = [line for records in asked if records is not None for line in records(viewer, persons)]
    return tuple(sorted(lines, key=lambda line: line.moment, reverse=True))


def person_parts(viewer: Viewer, persons: tuple[UUID, ...], scope: Any) -> tuple[PersonPart, ...]:
    """Return everything every app keeps about these persons, opened in a scope, oldest first."""
    asked = (manifest.person_parts for manifest in _manifests)
    found = [one for parts in asked if parts is not None for one in parts(viewer, persons, scope)]
    return tuple(sorted(found, key=lambda one: one.moment))


def patient_place(request: "HttpRequest") -> PatientPlace | None:
    """Return whose a request's address is, from the first app that knows; else None."""
    asked = (m.patient_place for m in _manifests if m.patient_place is not None)
    return next((place for ask in asked if (place := ask(request)) is not None), None)
