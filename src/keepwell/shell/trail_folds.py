"""The trail's lines for reading: under their days, and what belongs together told in one line.

A patient's forty openings of an unsent form, or the same page loaded five times, would bury what
matters. Only neighbours fold, none is hidden (the line unfolds), and what warns always stands
alone.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import groupby

from django.utils.translation import ngettext

from keepwell.shell.trail_lines import SEPARATOR, Line


@dataclass(frozen=True, slots=True)
class Fold:
    """Neighbouring lines, newest first, told as one: each deed with how often it was done."""

    lines: tuple[Line, ...]

    @property
    def moment(self) -> datetime:
        """When the newest was written."""
        return self.lines[0].moment

    @property
    def since(self) -> datetime:
        """When the oldest was written."""
        return self.lines[-1].moment

    @property
    def is_instant(self) -> bool:
        """Whether all were written within one minute of the clock."""
        return self._minute(self.since) == self._minute(self.moment)

    @staticmethod
    def _minute(moment: datetime) -> datetime:
        return moment.replace(second=0, microsecond=0)

    @property
    def _face(self) -> Line:
        """The line whose icon stands for all: an opening by a member, else the first deed."""
        opened = (line for line in self.lines if line.tone and not line.is_own)
        return next(opened, self.lines[-1])

    @property
    def icon(self) -> str:
        """The icon beside the sentence."""
        return self._face.icon

    @property
    def tone(self) -> str:
        """The tone of that icon."""
        return self._face.tone

    @property
    def who(self) -> str:
        """Who did all of it."""
        return self.lines[0].who

    @property
    def did(self) -> str:
        """What was done, in the order in which it was first done."""
        deeds = Counter(line.deed for line in reversed(self.lines))
        return "; ".join(_times(deed, count) for deed, count in deeds.items())

    @property
    def why(self) -> str:
        """What the reasons and places of all have in common."""
        parts = [line.why.split(SEPARATOR) for line in self.lines]
        return SEPARATOR.join(part for part in parts[0] if all(part in one for one in parts))


def _times(deed: str, count: int) -> str:
    words = ngettext("%(deed)s", "%(deed)s, %(count)s times", count)
    return words % {"deed": deed, "count": count}


@dataclass(frozen=True, slots=True)
class Day:
    """The lines of one day."""

    moment: datetime
    lines: tuple[Line | Fold, ...]


def days_of(lines: Iterable[Line], zone: tzinfo) -> list[Day]:
    """Put lines, in the order they come, under the days of a zone, and fold neighbours."""
    grouped = groupby(lines, key=lambda line: line.moment.astimezone(zone).date())
    found = [tuple(group) for _day, group in grouped]
    return [Day(day[0].moment, tuple(folded(day))) for day in found]


def folded(lines: Iterable[Line]) -> Iterator[Line | Fold]:
    """Yield lines, neighbours that belong together as one."""
    run: list[Line] = []
    for line in lines:
        if run and not _belong_together(run[-1], line):
            yield _one_of(run)
            run = []
        run.append(line)
    if run:
        yield _one_of(run)


def _one_of(run: list[Line]) -> Line | Fold:
    return run[0] if len(run) == 1 else Fold(tuple(run))


def _belong_together(newer: Line, older: Line) -> bool:
    """Say whether two neighbours are one deed of one hand: equal, one request, one unsent form."""
    if not newer.hand or newer.hand != older.hand:
        return False
    if {newer.tone, older.tone} & {"danger", "warning"}:
        return False
    is_one_request = newer.request is not None and newer.request == older.request
    return is_one_request or newer.same == older.same or (newer.is_own and older.is_own)
