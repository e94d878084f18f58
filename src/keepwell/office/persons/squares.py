"""A QR code as a path for the page itself: what is shown once has no address to be fetched from."""

from dataclasses import dataclass
from itertools import groupby

import segno

BORDER = 4  # quiet modules around it, as scanners need


@dataclass(frozen=True, slots=True)
class Square:
    """A drawing of dark modules in a field of `size` by `size`, its border included."""

    size: int
    path: str


def square_of(address: str) -> Square:
    """Return an address as a QR code that survives a scratch (15 % of it)."""
    rows = tuple(map(bytes, segno.make(address, error="m", micro=False).matrix))
    runs = [run for down, row in enumerate(rows) for run in _runs(down, row)]
    return Square(len(rows) + 2 * BORDER, "".join(runs))


def _runs(down: int, row: bytes) -> list[str]:
    drawn, right = [], 0
    for is_dark, modules in groupby(row):
        width = len(list(modules))
        if is_dark:
            drawn.append(f"M{right + BORDER} {down + BORDER}h{width}v1h-{width}z")
        right += width
    return drawn
