"""What a topic found, as a table in the terminal (Markdown, to be pasted) and as JSON."""

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One figure: who did what, how fast, beside whom, and what was aimed at."""

    act: str
    subject: str
    figure: str
    ratio: str = ""
    goal: str = ""
    note: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return this line for the file."""
        return asdict(self)


HEADINGS = ("what", "who", "median", "beside", "goal", "note")


def show(name: str, lines: Sequence[Line]) -> None:
    """Print one topic."""
    rows = [HEADINGS, *(tuple(asdict(line).values()) for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    say(f"\n## {name}\n")
    for number, row in enumerate(rows):
        say(
            "| "
            + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            + " |"
        )
        if not number:
            say("|" + "|".join("-" * (width + 2) for width in widths) + "|")


def say(text: str) -> None:
    """Print, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def duration(seconds: float) -> str:
    """Write a duration with three digits and the unit that suits it."""
    units = {"s": 1.0, "ms": 1e3, "us": 1e6}
    unit = next((unit for unit, factor in units.items() if seconds * factor >= 1), "us")
    return f"{seconds * units[unit]:.3g} {unit}"


def rate(seconds: float, unit: str = "/s") -> str:
    """Write how many fit into a second."""
    factors = {"M": 1e6, "k": 1e3, "": 1.0}
    prefix = next((prefix for prefix, factor in factors.items() if 1 / seconds >= factor), "")
    return f"{1 / seconds / factors[prefix]:.3g} {prefix}{unit}"
