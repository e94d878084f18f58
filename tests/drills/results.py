"""One line of docs/reference/drills.md for one run of a drill."""

import subprocess
from pathlib import Path

from keepwell.toolkit import clock


def line(name: str, what: str, result: str) -> str:
    """Return the row of the table: the drill, what it did, what came of it, when, on what."""
    return f"| {name} | {what} | {result} | {clock.now():%Y-%m-%d} | {_commit()} |"


def _commit() -> str:
    here = Path(__file__).parent
    asked = ["git", "-C", str(here), "describe", "--always", "--dirty"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"
