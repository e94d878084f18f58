"""A process of its own that records until it is done or killed: `python -m ... ORGANISATION TASK`.

Says on each line of its output what it has been told is durable.
"""

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import django


def say(text: object) -> None:
    """Write one line at once: the reader may kill us after it."""
    os.write(1, f"{text}\n".encode())


def alternately(organisation: UUID, count: int) -> None:
    """Record changes and openings in turn, and say each id."""
    from keepwell.safeguards.audit.actions import record, record_now  # noqa: PLC0415
    from keepwell.safeguards.tenancy import wall  # noqa: PLC0415
    from tests.safeguards.audit.conftest import viewer_in  # noqa: PLC0415

    viewer = viewer_in(organisation)
    for number in range(count):
        if number % 2:
            with wall.writing(organisation):
                entry_id = record(viewer, "forms:submission:arrive")
        else:
            entry_id = record_now(viewer, "records:fields:open")
        say(entry_id)


def fork(organisation: UUID, count: int) -> None:
    """Let children begin while the parent's writer is busy, each recording twice."""
    alternately(organisation, 2)
    with ThreadPoolExecutor(1) as pool:
        busy = pool.submit(openings, organisation, 10 * count)
        children = [_child(organisation) for _ in range(count)]
        statuses = [os.waitpid(child, 0)[1] for child in children]
        busy.result()
    alternately(organisation, 2)
    sys.exit(max(map(os.waitstatus_to_exitcode, statuses)))


def openings(organisation: UUID, count: int) -> None:
    """Record openings one after the other, and say each id."""
    from keepwell.safeguards.audit.actions import record_now  # noqa: PLC0415
    from tests.safeguards.audit.conftest import viewer_in  # noqa: PLC0415

    viewer = viewer_in(organisation)
    for _ in range(count):
        say(record_now(viewer, "records:fields:open"))


def _child(organisation: UUID) -> int:
    from django.db import connections  # noqa: PLC0415

    child = os.fork()
    if child == 0:
        status = 1
        try:
            for connection in connections.all(initialized_only=True):
                connection.connection = None  # closing it would speak for the parent
            alternately(organisation, 2)
            status = 0
        finally:
            os._exit(status)
    return child


def fill(organisation: UUID, count: int) -> None:
    """Record until the disk is full, then make room and record again."""
    from django.conf import settings  # noqa: PLC0415

    from keepwell.safeguards.audit.errors import TrailUnavailable  # noqa: PLC0415

    alternately(organisation, 2)
    ballast = settings.KEEPWELL_HOME / "ballast"
    _fill_up(ballast)
    refused = False
    try:
        for _ in range(count):
            alternately(organisation, 1)
    except TrailUnavailable:
        refused = True
    ballast.unlink()
    alternately(organisation, 1)
    say("refused" if refused else "never refused")


def _fill_up(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue


TASKS: dict[str, Callable[[UUID, int], None]] = {
    "alternately": alternately,
    "fill": fill,
    "fork": fork,
}


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "keepwell.config.settings"
    django.setup()
    TASKS[sys.argv[2]](UUID(sys.argv[1]), int(sys.argv[3]))
