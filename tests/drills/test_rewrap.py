"""Drill: rewrap a million keys while the clinic works (`make drill NAME=rewrap`).

`DRILL_KEYS` says how many, a million unless given. Half-way the command is killed and called again.
On PostgreSQL: KEEPWELL_TEST_SETTING=scale.
"""

import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.drills import results
from tests.installed import Installed, installed
from tests.remote import Remote, staff
from tests.serving import COMMAND, WHY, environment
from tests.stores.scale import ScaleStores
from tests.stores.session import Stores

pytestmark = pytest.mark.drill
KEYS = int(os.environ.get("DRILL_KEYS", "1000000"))
A_SECOND = 20
GOAL_SECONDS = 60
WORKING = 4  # browsers
MAKE = """
import sys
import django
django.setup()
from uuid import UUID
from keepwell.safeguards.vault import data_keys
organisation, left = UUID(sys.argv[1]), int(sys.argv[2])
while left > 0:
    data_keys.make(organisation, min(left, 5000))
    left -= 5000
"""


@dataclass
class Work:
    """What people ask for meanwhile, twenty times a second together."""

    answers: Counter[int] = field(default_factory=Counter)
    slowest: float = 0.0
    ending: threading.Event = field(default_factory=threading.Event)

    def ask(self, browser: Remote) -> None:
        """Open the list of persons again and again."""
        due = time.monotonic()
        while not self.ending.wait(max(0.0, due - time.monotonic())):
            due += WORKING / A_SECOND
            begun = time.monotonic()
            try:
                status = browser.get("/persons/").status_code
            except OSError:
                status = 0
            self.answers[status] += 1
            self.slowest = max(self.slowest, time.monotonic() - begun)


@contextmanager
def working(browsers: list[Remote]) -> Iterator[Work]:
    """Let people work while the block runs."""
    work = Work()
    threads = [threading.Thread(target=work.ask, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    try:
        yield work
    finally:
        work.ending.set()
        for thread in threads:
            thread.join()


def _organisation(place: Installed) -> dict[str, int | str]:
    said = json.loads(
        place.run("keys", "status", "--organisation", "Riverside Clinic", "--json").stdout
    )
    found: dict[str, int | str] = said["organisations"][0]
    return found


def _make_keys(place: Installed, organisation: str) -> None:
    told = environment(place.home, **place.settings)
    told["DJANGO_SETTINGS_MODULE"] = "keepwell.config.settings"
    subprocess.run([sys.executable, "-c", MAKE, organisation, str(KEYS)], env=told, check=True)


def _rewrap(place: Installed) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(COMMAND), "keys", "rewrap", "--organisation", "Riverside Clinic", *WHY],
        env=environment(place.home, **place.settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _kill_half_way(command: subprocess.Popen[str]) -> float:
    """Kill it at the first line that tells of half of the keys; return how long it had run."""
    begun = time.monotonic()
    assert command.stderr is not None
    for line in command.stderr:
        if line.endswith("%\n") and int(line.split()[-2]) >= 40:
            break
    command.kill()
    command.communicate()
    return time.monotonic() - begun


def test_a_million_keys_are_rewrapped_while_the_clinic_works(
    stores: Stores, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with installed(stores, tmp_path / "home") as place, place.demo() as demo:
        _make_keys(place, str(_organisation(place)["id"]))
        ada = staff(demo, "ada")
        browsers = [Remote(ada.served, cookies=deepcopy(ada.cookies)) for _ in range(WORKING)]
        with working(browsers) as alone:
            time.sleep(10)
        rotate = ("keys", "rotate", "--organisation", "Riverside Clinic")
        assert place.run(*rotate, *WHY).returncode == 0
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        with working(browsers) as meanwhile:
            seconds = _kill_half_way(_rewrap(place))
            begun = time.monotonic()
            said, wrong = _rewrap(place).communicate()
            seconds += time.monotonic() - begun
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        left = _organisation(place)
    assert "moved to version 2" in said, wrong
    assert left["waiting"] == 0
    assert set(meanwhile.answers) == {200}
    engine = "PostgreSQL" if isinstance(stores, ScaleStores) else "SQLite"
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    what = f"rewrap on {engine} while 4 browsers list persons, killed half-way and called again"
    result = (
        f"{KEYS} keys in {seconds:.0f} s (goal {GOAL_SECONDS}), {worked:.0f} s of them at work; "
        f"{meanwhile.answers.total() / seconds:.0f} requests a second, all answered with 200, "
        f"the slowest in {meanwhile.slowest * 1000:.0f} ms ({alone.slowest * 1000:.0f} before)"
    )
    with capsys.disabled():
        print("\n" + results.line("rewrap", what, result))  # noqa: T201  the drill's result
