"""The acts that take two persons: each declared once, by the app whose act it is."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One such act: whoever proposes and whoever confirms holds `permission` by role.

    It is carried out at `route`, which takes the proposal's id, by whoever proposed it; or by a
    `command` on the server, which looks for a confirmed proposal itself.
    """

    code: str
    title: str | Promise
    permission: StrEnum
    route: str = ""
    lead: str | Promise = ""  # what it means, where it is proposed
    command: str = ""  # as typed; {organisation} and the particulars stand for themselves


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
