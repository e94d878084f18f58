"""The acts that take two persons: each declared once, by the app whose act it is."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One such act: whoever proposes and whoever confirms holds `permission` by role.

    `route` takes the proposal's id: where whoever proposed it carries it out.
    """

    code: str
    title: str | Promise
    permission: StrEnum
    route: str


_acts: dict[str, Act] = {}


def declare(act: Act) -> Act:
    """Make an act known, so that its proposals can be shown and confirmed."""
    _acts[act.code] = act
    return act


def act_of(code: str) -> Act | None:
    """Return the act with this code; None for one that this version does not know."""
    return _acts.get(code)


def acts() -> tuple[Act, ...]:
    """Return every act that takes two persons."""
    return tuple(_acts.values())
