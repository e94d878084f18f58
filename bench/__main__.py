"""`make bench`: run topics side by side, print a table for each, and write the figures as JSON.

python -m bench [TOPIC ...] [--rounds N] [--quick | --size SHARE] [--json FILE]
"""

import argparse
import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import tables
from bench.rounds import ROOT
from bench.topics import TOPICS


def main() -> None:
    """Parse what was asked, run it, print and write it."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("topics", nargs="*", metavar="TOPIC", help=", ".join(TOPICS))
    parser.add_argument("--rounds", type=int, default=7, help="rounds of each act (7)")
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--size", type=float, default=1.0, help="so much of the large sizes (1.0)")
    sizes.add_argument(
        "--quick", action="store_const", const=0.01, dest="size", help="a hundredth of them"
    )
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench.json")
    asked = parser.parse_args()
    unknown = set(asked.topics) - set(TOPICS)
    if unknown:
        parser.error(
            f"There is no topic {', '.join(sorted(unknown))}; there are {', '.join(TOPICS)}."
        )
    topics: dict[str, list[dict[str, Any]]] = {}
    for name in asked.topics or TOPICS:
        lines = TOPICS[name](rounds=asked.rounds, size=asked.size)
        topics[name] = [line.as_json() for line in lines]
        tables.show(name, lines)
    asked.json.parent.mkdir(exist_ok=True)
    asked.json.write_text(json.dumps({"where": where(), "topics": topics}, indent=1) + "\n")
    tables.say(f"\nFigures: {asked.json}")


def where() -> dict[str, str]:
    """Say on what, when and of which commit the figures are."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return {
        "commit": commit.stdout.strip(),
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} processors",
        "python": platform.python_version(),
        "load": f"{os.getloadavg()[0]:.1f}",
    }


if __name__ == "__main__":
    main()
