"""Which organisation a command means: its id, or a name that only one has."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from keepwell.cli.refusal import MISUSED, Refusal
from keepwell.safeguards.audit import logs
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.organisations import organisation_ids
from keepwell.safeguards.vault import erased
from keepwell.shell import queries


@dataclass(frozen=True, slots=True)
class Named:
    """An organisation as a command speaks of it."""

    id: UUID
    name: str


def all_of_them() -> list[Named]:
    """Return every organisation, each read inside its own wall."""
    return [named for each in organisation_ids() if (named := _named(each))]


def with_trails() -> list[Named]:
    """Return every organisation, and those of which only the trail still knows."""
    known = {named.id: named for named in all_of_them()}
    traces = (Named(each, _trace(each)) for each in logs.with_traces())
    return [*known.values(), *(trace for trace in traces if trace.id not in known)]


def _trace(organisation: UUID) -> str:
    """Name what only the trail knows: the name itself went with an organisation that was erased."""
    gone = erased.find(organisation)
    return f"{organisation}" if gone else f"{organisation}, not in the data store"


def _named(organisation: UUID) -> Named | None:
    with wall.reading(organisation):
        row = queries.organisation(organisation)
    return None if row is None else Named(organisation, row.name)


def meant(text: str, *, among: Sequence[Named] | None = None) -> Named:
    """Return the organisation with this id or name; refuse if there is none or more than one."""
    every = all_of_them() if among is None else among
    found = [each for each in every if text.casefold() in (str(each.id), each.name.casefold())]
    if len(found) == 1:
        return found[0]
    if found:
        ids = ", ".join(str(each.id) for each in found)
        raise Refusal(f"Several organisations are called {text!r}. Give one id of: {ids}", MISUSED)
    known = "; ".join(f"{each.name} ({each.id})" for each in every) or "none"
    raise Refusal(f"There is no organisation {text!r}. There are: {known}.", MISUSED)


def id_of(text: str) -> UUID:
    """Read an id that was typed; refuse nonsense."""
    try:
        return UUID(text.strip())
    except ValueError as error:
        raise Refusal(f"{text!r} is no id. Ids look like {UUID(int=0)}.", MISUSED) from error
