"""A report's openings in words: day by day, what belongs together in one line, as the trail tells.

It is made to be handed out, so that nobody is "you" in it, and everybody has a role.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from keepwell.office.trail import facts
from keepwell.safeguards.audit import retention
from keepwell.safeguards.audit.payloads import Payload
from keepwell.safeguards.identity.origin import network_of
from keepwell.safeguards.persons.reports import Opening, Report
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.shell import trail_folds
from keepwell.shell.trail_folds import Fold
from keepwell.shell.trail_lines import SEPARATOR, Line, lines_of, purpose_of

_CHECK = "python3 verify.py . --first {size} --entry {index}"  # in the folder of an export


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """One line: who opened what, when, from where and why, and by which entries that is proven."""

    moment: datetime  # of the newest entry
    since: datetime  # of the oldest
    who: str
    role: str
    did: str
    why: tuple[str, ...]
    places: tuple[str, ...]
    others: int
    is_emergency: bool
    indexes: tuple[int, ...]  # oldest first

    @property
    def is_instant(self) -> bool:
        """Whether the clock shows one time for all of it."""
        return f"{self.since:%H:%M}" == f"{self.moment:%H:%M}"


@dataclass(frozen=True, slots=True)
class Day:
    """The openings of one day of the organisation's zone, newest first."""

    date: date
    openings: tuple[Access, ...]


def days_of(viewer: Viewer, report: Report, zone: tzinfo) -> list[Day]:
    """Return the days of a report, newest first."""
    by_index = {one.entry.index: one for one in report.openings}
    lines = lines_of(replace(viewer, actor=None), [one.entry for one in report.openings])
    return [
        Day(
            day.moment.astimezone(zone).date(),
            tuple(_access(line, by_index) for line in day.lines),
        )
        for day in trail_folds.days_of(lines, zone)
    ]


def said_of(viewer: Viewer, report: Report, zone: ZoneInfo) -> dict[str, object]:
    """Return what every page of a report says, whoever reads it: days, openings, proof."""
    days, order = days_of(viewer, report, zone), report.order
    made, last = order.entry.moment, order.until - timedelta(microseconds=1)
    return {
        "report": report,
        "days": days,
        "people": people_in(days),
        "first": order.since.astimezone(zone).date(),
        "last": min(made, last).astimezone(zone).date(),
        "holds_until": made if made <= last else None,  # its last day was not over
        "zone": zone.key,
        "years": retention.years_of(viewer.organisation),
        "command": _CHECK.format(size=report.proof.size, index=order.entry.index),
    }


def people_in(days: Sequence[Day]) -> int:
    """Count by how many different people and programs something was opened."""
    return len({(one.who, one.role) for day in days for one in day.openings})


def _access(line: Line | Fold, by_index: Mapping[int, Opening]) -> Access:
    lines = line.lines if isinstance(line, Fold) else (line,)
    openings = [by_index[one.index] for one in lines]
    said = [one.entry.payload for one in openings if one.entry.payload is not None]
    return Access(
        moment=line.moment,
        since=lines[-1].moment,
        who=line.who,
        role=facts.role_of(said[0]) if said else "",
        did=line.did,
        why=_each_once(map(_why, openings)) if said else (line.why,),
        places=_each_once(map(_place, said)),
        others=max(one.others for one in openings),
        is_emergency=any(payload.is_emergency for payload in said),
        indexes=tuple(sorted(one.index for one in lines)),
    )


def _each_once(words: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, words)))


def _why(opening: Opening) -> str:
    """Say why; in a colleague's own words only where they can speak of nobody else."""
    payload = opening.entry.payload
    if payload is None:
        return ""
    may_quote = payload.reason and not opening.others
    reason = _("“%(reason)s”") % {"reason": payload.reason} if may_quote else ""
    return SEPARATOR.join(filter(None, (purpose_of(payload), reason)))


def _place(payload: Payload) -> str:
    """Say from where: the network, for a colleague's own address is no business of who reads it."""
    network = network_of(payload.address) if payload.address else ""
    return SEPARATOR.join(filter(None, (payload.device, network)))
