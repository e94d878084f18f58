"""Lines of the trail under the days on which they were written."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from keepwell.shell.trail_lines import Line


@dataclass(frozen=True, slots=True)
class Day:
    """The lines of one day."""

    moment: datetime
    lines: tuple[Line, ...]


def days_of(lines: Iterable[Line], zone: ZoneInfo) -> list[Day]:
    """Put lines under the days of the organisation's zone, in the order they come."""
    grouped = groupby(lines, key=lambda line: line.moment.astimezone(zone).date())
    return [Day(found[0].moment, found) for found in (tuple(group) for _day, group in grouped)]
