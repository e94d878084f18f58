"""Today by the hour: bars for the trail page, with the table that says the same."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from keepwell.office.trail.groups import OPENED, REFUSED
from keepwell.safeguards.audit import activity
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock

HEIGHT = 88
STEP = 12
LEAST = 2  # one entry is seen beside a thousand


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour: counts, and where its bars stand."""

    moment: datetime
    opened: int
    everything: int
    x: int
    opened_height: int
    everything_height: int

    @property
    def hour(self) -> str:
        """The hour as the axis writes it."""
        return f"{self.moment:%H}"

    @property
    def middle(self) -> int:
        """Where the hour is written."""
        return self.x + STEP // 2

    @property
    def opened_top(self) -> int:
        """Where the inner bar begins."""
        return HEIGHT - self.opened_height

    @property
    def everything_top(self) -> int:
        """Where the outer bar begins."""
        return HEIGHT - self.everything_height


@dataclass(frozen=True, slots=True)
class Today:
    """A day so far."""

    bars: tuple[Bar, ...]
    opened: int
    refused: int
    everything: int

    @property
    def labelled(self) -> tuple[Bar, ...]:
        """Every sixth hour, whose time is written below it."""
        return self.bars[::6]

    @property
    def busy(self) -> tuple[Bar, ...]:
        """The hours in which something happened, for the table."""
        return tuple(bar for bar in self.bars if bar.everything)

    @property
    def width(self) -> int:
        """How wide the drawing is: 24 hours, or 23 or 25 when the clocks change."""
        return STEP * len(self.bars)

    @classmethod
    def of(cls, rows: tuple[activity.HourOfKind, ...], moments: list[datetime]) -> Self:
        """Draw the hours that begin at these moments."""
        opened, refused, everything = Counter[int](), Counter[int](), Counter[int]()
        for row in rows:
            everything[row.hour] += row.count
            opened[row.hour] += row.count if row.kind in OPENED else 0
            refused[row.hour] += row.count if row.kind in REFUSED else 0
        most = max(everything.values(), default=1)
        bars = tuple(
            Bar(
                moment,
                opened[hour],
                everything[hour],
                hour * STEP,
                _height(opened[hour], most),
                _height(everything[hour], most),
            )
            for hour, moment in enumerate(moments)
        )
        return cls(bars, opened.total(), refused.total(), everything.total())


def today(viewer: Viewer, zone: ZoneInfo) -> Today:
    """Count what happened since midnight of the organisation's day."""
    start, moments = _hours(clock.now().astimezone(zone))
    return Today.of(activity.by_hour(viewer, start), moments)


def _hours(now: datetime) -> tuple[datetime, list[datetime]]:
    """Return midnight, and when each hour of its day begins: 23 to 25 of them."""
    start = now.replace(hour=0, minute=0, second=0, microsecond=0)
    end = (start + timedelta(days=1)).timestamp()
    count = round((end - start.timestamp()) / 3600)
    zone = start.tzinfo
    return start, [datetime.fromtimestamp(start.timestamp() + 3600 * n, zone) for n in range(count)]


def _height(count: int, most: int) -> int:
    return max(LEAST, round(count * HEIGHT / most)) if count else 0
