"""A crowd of worker processes, of which some are killed while they work."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import SystemRandom
from uuid import UUID

from keepwell.jobs import queue
from keepwell.jobs.models import State
from tests.jobs.labour import all_effects, leave
from tests.stores.session import SETTINGS_MODULE, Stores

PATIENCE_SECONDS = 300


@dataclass
class Crowd:
    """The processes, and how many of them were killed."""

    stores: Stores
    lease_seconds: float
    processes: list["subprocess.Popen[str]"] = field(default_factory=list)
    kills: int = 0

    def add(self) -> None:
        """Start one more process and wait until it works."""
        environment = {**os.environ, **self.stores.environment()}
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.jobs.workshop", str(self.lease_seconds)],
            env=environment | {SETTINGS_MODULE: "keepwell.config.settings"},
            cwd=Path(__file__).parents[2],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().startswith("working"), process.wait()

    def kill(self, chance: SystemRandom) -> None:
        """Kill one of them, without a word, and start another."""
        victim = self.processes.pop(chance.randrange(len(self.processes)))
        victim.kill()
        assert victim.wait() == -signal.SIGKILL
        self.kills += 1
        _close(victim)
        self.add()

    def end(self) -> None:
        """Let all of them end."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            assert process.wait(PATIENCE_SECONDS) == 0
            _close(process)


def _close(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    process.stdout.close()


@contextmanager
def crowd(stores: Stores, *, size: int, lease_seconds: float) -> Iterator[Crowd]:
    """Let some processes work while the block runs."""
    made = Crowd(stores, lease_seconds)
    try:
        for _ in range(size):
            made.add()
        yield made
        made.end()
    finally:
        for process in made.processes:
            process.kill()


def put_and_kill(
    stores: Stores, *, jobs: int, kills: int, lease_seconds: float, size: int = 3
) -> list[UUID]:
    """Put jobs; kill a worker at a random moment of each lot; return when no job is open."""
    chance = SystemRandom()
    put: list[UUID] = []
    with crowd(stores, size=size, lease_seconds=lease_seconds) as workers:
        for _ in range(kills):
            put += [queue.put(leave) for _ in range(jobs // kills)]
            _wait_until_open(chance.randint(2, jobs // kills))
            workers.kill(chance)
        _wait_until_open(0)
    return put


def _wait_until_open(most: int) -> None:
    """Wait until so many jobs, or fewer, have yet to end."""
    until = time.monotonic() + PATIENCE_SECONDS
    while queue.count_open() > most:
        assert time.monotonic() < until
        time.sleep(0.005)


def check(put: list[UUID]) -> int:
    """Assert that each job was done and left one effect; return how many were begun again."""
    found = [queue.find(job) for job in put]
    assert {facts.state for facts in found if facts} == {State.DONE}
    assert Counter(all_effects()) == Counter(put)
    return sum(facts.attempts > 1 for facts in found if facts)
