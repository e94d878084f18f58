"""The topic `pages`: every list page of staff in a large installation, beside a new one."""

from collections.abc import Sequence

from bench.rounds import Act, Figures, Subject, side_by_side
from bench.stores import Stores, stores
from bench.tables import Line, duration

MEMBERS, PERSONS, ENTRIES = 2_000, 100_000, 1_000_000
DIVIDED = ("home", "inbox", "persons", "forms")
PAGES = (
    "home",
    "members",
    "find a member",
    "persons",
    "find a person",
    "find a name",
    "find a telephone",
    "inbox",
    "trail",
    "forms",
    "jobs",
    "networks",
    "access for a while",
    "alerts",
    "emergency",
    "holdings",
    "locations",
    "mail",
    "rules",
    "safeguards",
    "share a report",
    "parts shared now",
    "disclosures",
    "own account",
    "trail, forms",
    "trail, member",
    "trail, person",
    "two persons",
    # A colleague of one location: of one form of twenty-one; and of one to which nothing was sent.
    *(f"{page}, {place}" for place in ("hill", "annex") for page in DIVIDED),
)
NEW, FIRST, LARGE = "new installation", "first page full", "large installation"
TIMES = 10
MOST_SECONDS, MOST_TIMES = 0.3, 2.0


def pages(*, rounds: int, size: float) -> list[Line]:
    """Median server time of each page; beside a new installation, and one whose first page is full.

    The second comparison leaves out what the rows of one page cost, whatever is behind them.
    """
    lines = []
    for engine in ("sqlite", "postgresql"):
        with stores(engine) as place:
            figures, _facts = side_by_side(
                _subjects(place, size), [Act(page, TIMES) for page in PAGES], rounds
            )
        lines += [_line(engine, page, figures) for page in PAGES]
    return lines


def _subjects(place: Stores, size: float) -> Sequence[Subject]:
    large = [max(100, int(count * size)) for count in (MEMBERS, PERSONS, ENTRIES)]
    sizes = {NEW: [0, 0, 0], FIRST: [30, 90, 100], LARGE: large}
    return [
        Subject(name, "bench.subjects.pages", tuple(map(str, of)), place.keepwell(name.split()[0]))
        for name, of in sizes.items()
    ]


def _line(engine: str, page: str, figures: dict[tuple[str, str], Figures]) -> Line:
    large = figures[LARGE, page]
    beside_new, beside_first = (large.times(figures[one, page]) for one in (NEW, FIRST))
    is_met = large.median < MOST_SECONDS and beside_new <= MOST_TIMES
    return Line(
        act=page,
        subject=engine,
        figure=duration(large.median),
        ratio=f"{beside_new:.2f}x of a new one ({duration(figures[NEW, page].median)}), "
        f"{beside_first:.2f}x of one page",
        goal="< 300 ms, <= 2x",
        note="" if is_met else "missed",
    )
