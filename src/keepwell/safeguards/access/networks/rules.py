"""What a list of ranges says about one who comes in; knows no store."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from keepwell.safeguards.access import ranges
from keepwell.safeguards.access.roles import Role

ALL_BUT_OWNERS = "all-but-owners"
"""For whom a range is that says nothing of owners; it stands where a role would."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One range, and for whom: a role, all but owners, or (empty) everybody."""

    network: str
    role: str = ""


def holds_for(whom: str, role: str) -> bool:
    """Tell whether a range that is for these people holds for somebody in this role."""
    if whom == ALL_BUT_OWNERS:
        return role != Role.OWNER
    return whom in ("", role)


def admits(rules: Iterable[Rule], *, role: str, address: str) -> bool:
    """Tell whether somebody in this role may come in from this address."""
    mine = [rule.network for rule in rules if holds_for(rule.role, role)]
    return not mine or ranges.is_in(address, mine)


class Row(Protocol):
    """A line of the list, as it stands or as it would."""

    network: str
    role: str
    suspended: datetime | None


def standing_rules(rows: Iterable[Row]) -> list[Rule]:
    """Return the rules of those rows that are not suspended."""
    return [Rule(row.network, row.role) for row in rows if not row.suspended]


def meant_rules(rows: Sequence[Row]) -> list[Rule]:
    """Return the rules that count, or those of a suspended list as if it counted again."""
    return standing_rules(rows) or [Rule(row.network, row.role) for row in rows]
