"""What every subject does: say that it is ready, then do acts when asked, and say how long.

Standard library only: peers run it too, in an environment without Keepwell.
"""

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

Work = Callable[[int], dict[str, Any] | None]


def repeated(once: Callable[[int], object]) -> Work:
    """Return an act that does something so many times, with the number of each."""

    def act(count: int) -> None:
        for number in range(count):
            once(number)

    return act


def each(once: Callable[[int], object], count: int) -> dict[str, Any]:
    """Do something so many times and return the median: what others take from us is left out."""
    seconds = []
    for number in range(count):
        start = time.perf_counter()
        once(number)
        seconds.append(time.perf_counter() - start)
    return {"seconds": statistics.median(seconds), "done": 1}


def serve(acts: Mapping[str, Work], facts: Mapping[str, Any] | None = None) -> None:
    """Answer each line of standard input until it ends.

    An act returns nothing, or a dictionary whose `seconds` (if it measured for itself) and `done`
    (if it did not do it `count` times) count instead of ours.
    """
    say(dict(facts or {}))
    for line in sys.stdin:
        asked = json.loads(line)
        gc.collect()
        start = time.perf_counter()
        said = acts[asked["act"]](asked["count"]) or {}
        say({"seconds": time.perf_counter() - start} | said)


def say(what: Mapping[str, Any]) -> None:
    """Write one line of JSON."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()
