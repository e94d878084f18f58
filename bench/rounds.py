"""Run subjects in turns: each is a process of its own that does one act so many times when asked.

In turns, because a shared machine is fast at one moment and slow at the next: what is compared must
have been done side by side.
"""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]
OURS = ROOT / ".venv" / "bin" / "python"
PEERS = ROOT / ".bench" / "bin" / "python"


@dataclass(frozen=True, slots=True)
class Subject:
    """One that does the work: a name for the table, the module that does it, and where it runs."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    python: Path = OURS


@dataclass(slots=True)
class Running:
    """A subject's process, ready for work."""

    subject: Subject
    process: subprocess.Popen[str]
    facts: dict[str, Any]

    def ask(self, act: str, count: int) -> dict[str, Any]:
        """Have an act done so many times; return seconds and whatever else the subject says."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"act": act, "count": count}) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.subject.name} ended with {self.process.wait()}.")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def running(subject: Subject) -> Iterator[Running]:
    """Start a subject, wait until it is ready, and end it."""
    command = [str(subject.python), "-m", subject.module, *subject.arguments]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | subject.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        here = Running(subject, process, {})
        here.facts = here._answer()
        yield here
        assert process.stdin is not None
        process.stdin.close()


@dataclass(slots=True)
class Figures:
    """What one subject reached in one act: a figure for each round, in seconds for one time."""

    subject: str
    act: str
    seconds: list[float] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Return the median of the rounds, in seconds for one time."""
        return median(self.seconds)

    def times(self, other: "Figures") -> float:
        """Return how many times as long this takes as another: the median of each round's ratio."""
        return median(
            mine / theirs for mine, theirs in zip(self.seconds, other.seconds, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Act:
    """Something to be done: its name, and how often in one round."""

    name: str
    count: int


def side_by_side(
    subjects: Sequence[Subject], acts: Sequence[Act], rounds: int
) -> tuple[dict[tuple[str, str], Figures], dict[str, dict[str, Any]]]:
    """Do every act with every subject in turns; return figures by (subject, act), and the facts.

    A first round that nobody counts warms caches and pools.
    """
    figures = {
        (subject.name, act.name): Figures(subject.name, act.name)
        for subject in subjects
        for act in acts
    }
    with ExitStack() as stack:
        here = [stack.enter_context(running(subject)) for subject in subjects]
        for number in range(rounds + 1):
            for act in acts:
                for one in here if number % 2 else reversed(here):
                    answer = one.ask(act.name, act.count)
                    if number:
                        found = figures[one.subject.name, act.name]
                        found.seconds.append(answer["seconds"] / answer.get("done", act.count))
                        found.answers.append(answer)
        return figures, {one.subject.name: one.facts for one in here}
