"""The topics of `make bench`: rows of the table of goals in docs/reference/benchmarks.md."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench.pages import pages
from bench.rounds import PEERS, Act, Figures, Subject, running, side_by_side
from bench.stores import Stores, stores
from bench.tables import Line, duration, rate

Topic = Callable[..., list[Line]]
Goals = Mapping[tuple[str, str], str]
PEER = "bench.subjects.peer"
ENGINES = ("sqlite", "postgresql")


def seal(*, rounds: int, size: float) -> list[Line]:
    """Seal and open 100 bytes, and what a seal adds to them."""
    with stores("sqlite") as place:
        subjects = [
            Subject("raw AES-GCM", "bench.subjects.cipher", ("raw",)),
            Subject("Keepwell, envelope", "bench.subjects.cipher", ("envelope",)),
            Subject(
                "Keepwell, vault", "bench.subjects.cipher", ("vault",), place.keepwell("vault")
            ),
            Subject("Fernet", "bench.subjects.cipher", ("fernet",), python=PEERS),
            Subject("Tink", "bench.subjects.cipher", ("tink",), python=PEERS),
        ]
        acts = [
            Act("seal", int(200_000 * max(size, 0.05))),
            Act("open", int(200_000 * max(size, 0.05))),
        ]
        figures, facts = side_by_side(subjects, acts, rounds)
    goals = {
        ("Keepwell, envelope", "seal"): ">= 0.8 M/s",
        ("Keepwell, envelope", "open"): ">= 1.1 M/s",
    }
    lines = [_rate_line(figures, key, "raw AES-GCM", goals) for key in figures]
    return lines + [
        Line(
            act="bytes over 100",
            subject=subject.name,
            figure=str(facts[subject.name]["bytes over the plaintext"]),
            goal="<= 33" if subject.name.startswith("Keepwell, e") else "",
        )
        for subject in subjects
    ]


def _rate_line(
    figures: Mapping[tuple[str, str], Figures], key: tuple[str, str], beside: str, goals: Goals
) -> Line:
    subject, act = key
    ratio = figures[beside, act].times(figures[key])
    return Line(
        act=act,
        subject=subject,
        figure=rate(figures[key].median),
        ratio="" if subject == beside else f"{ratio:.2f}x of {beside}",
        goal=goals.get(key, ""),
    )


ROW_ACTS = ("create", "update", "create, on the trail", "update, on the trail", "read", "list 50")
OURS = "Keepwell"
PLAIN = "plain Django"
WALLED = "plain Django behind the wall"
NEAREST = "encrypted fields + auditlog"


def rows_sqlite(*, rounds: int, size: float) -> list[Line]:
    """Eight fields of a row on SQLite: create, update, read one, list fifty."""
    goals = {"create": "<= 1.4x", "update": "<= 1.35x", "read": "<= 2.7x", "list 50": "<= 2.6x"}
    with stores("sqlite") as place:
        return _rows(place, PLAIN, goals, rounds, size)


def rows_postgresql(*, rounds: int, size: float) -> list[Line]:
    """The same on PostgreSQL, beside plain Django behind the same row-level security."""
    goals = {"create": "<= 1.9x", "read": "<= 2.2x", "list 50": "<= 2.6x"}
    with stores("postgresql") as place:
        return _rows(place, WALLED, goals, rounds, size)


def _rows(
    place: Stores, beside: str, goals: Mapping[str, str], rounds: int, size: float
) -> list[Line]:
    subjects = [
        Subject(PLAIN, PEER, ("plain",), place.peer("plain"), PEERS),
        Subject(WALLED, "bench.subjects.keepwell", ("walled",), place.keepwell("walled")),
        Subject(OURS, "bench.subjects.keepwell", ("sealed",), place.keepwell("sealed")),
        Subject("django-auditlog", PEER, ("audited",), place.peer("audited"), PEERS),
        Subject("django-simple-history", PEER, ("versioned",), place.peer("versioned"), PEERS),
        Subject(NEAREST, PEER, ("encrypted",), place.peer("encrypted"), PEERS),
    ]
    counts = {"list 50": max(3, int(30 * size))}
    acts = [Act(name, counts.get(name, max(20, int(200 * size)))) for name in ROW_ACTS]
    figures, facts = side_by_side(subjects, acts, rounds)
    lines = []
    for act in ROW_ACTS:
        for subject in subjects:
            found = figures[subject.name, act]
            ratio = found.times(figures[beside, act])
            lines.append(
                Line(
                    act=act,
                    subject=subject.name,
                    figure=duration(found.median),
                    ratio="" if subject.name == beside else f"{ratio:.2f}x of {beside}",
                    goal=goals.get(act, "") if subject.name == OURS else "",
                    note=facts[subject.name].get("what it does not do", ""),
                )
            )
    faster = figures[NEAREST, "list 50"].times(figures[OURS, "list 50"])
    return [
        *lines,
        Line(
            act="list 50",
            subject=OURS,
            figure=f"{faster:.1f}x faster than {NEAREST}",
            goal=">= 12x" if place.engine == "sqlite" else "",
        ),
    ]


def trail(*, rounds: int, size: float) -> list[Line]:
    """Entries sequenced in batches of a thousand; how soon a change is in the signed tree."""
    goals = {
        ("sqlite", "sequence"): ">= 150 k/s",
        ("postgresql", "sequence"): ">= 40 k/s",
        ("sqlite", "become visible"): "p99 <= 5 ms",
        ("postgresql", "become visible"): "p99 <= 500 ms",
    }
    lines = []
    for engine in ENGINES:
        with stores(engine) as place:
            subject = Subject(engine, "bench.subjects.trail", (), place.keepwell("trail"))
            acts = [
                Act("sequence", max(2000, int(20_000 * size))),
                Act("become visible", max(100, int(500 * size))),
            ]
            figures, _facts = side_by_side([subject], acts, rounds)
        sequence, visible = figures[engine, "sequence"], figures[engine, "become visible"]
        lines += [
            Line(
                act="sequence",
                subject=engine,
                figure=rate(sequence.median, " entries/s"),
                goal=goals[engine, "sequence"],
            ),
            Line(
                act="become visible, p99",
                subject=engine,
                figure=duration(visible.median),
                ratio=f"median {duration(visible.answers[-1]['median'])}",
                goal=goals[engine, "become visible"],
            ),
        ]
    return lines


def proofs(*, rounds: int, size: float) -> list[Line]:
    """A log of a million entries: proofs, and the offline verifier over its export."""
    entries = int(1_000_000 * size)
    with stores("sqlite") as place:
        subject = Subject("sqlite", "bench.subjects.trail", (), place.keepwell("trail"))
        with running(subject) as here:
            here.ask("grow", entries)
            made = [here.ask("prove", 200)["seconds"] for _ in range(rounds)]
            checked = [here.ask("check", 5000)["seconds"] for _ in range(rounds)]
            exported = here.ask("export", 1)
            folder = Path(exported["folder"])
            runs = [_verified(folder) for _ in range(min(rounds, 5))]
    seconds, kilobytes = sorted(runs)[len(runs) // 2]
    middle = rounds // 2
    return [
        Line(
            act="make a proof",
            subject=OURS,
            figure=duration(sorted(made)[middle]),
            goal="<= 0.5 ms",
        ),
        Line(
            act="check a proof",
            subject=OURS,
            figure=duration(sorted(checked)[middle]),
            goal="<= 20 us",
        ),
        Line(act="export", subject=OURS, figure=duration(exported["seconds"])),
        Line(
            act=f"verify {exported['done']:,} entries offline",
            subject="verify.py",
            figure=f"{duration(seconds)}, {kilobytes / 1024:.0f} MB",
            goal="<= 2 s, <= 64 MB (a million)",
        ),
    ]


def _verified(folder: Path) -> tuple[float, int]:
    """Run the offline verifier; return its seconds and its largest memory in KiB."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, folder / "verify.py", folder], stdout=subprocess.PIPE
    )
    _pid, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError("The exported log does not verify.")
    return seconds, used.ru_maxrss


def blob(*, rounds: int, size: float) -> list[Line]:
    """An attachment of 10 MB, sealed and opened in memory."""
    floor, ours = "one call of AES-GCM", "Keepwell, 64 KiB chunks"
    subjects = [
        Subject(floor, "bench.subjects.blob", ("whole",)),
        Subject(ours, "bench.subjects.blob", ("chunks",)),
    ]
    acts = [Act(name, max(5, int(50 * size))) for name in ("seal", "open")]
    figures, _facts = side_by_side(subjects, acts, rounds)
    return [
        Line(
            act=f"{act} 10 MB",
            subject=subject,
            figure=f"{10 * 2**20 / found.median / 1e9:.1f} GB/s",
            ratio=""
            if subject == floor
            else f"{figures[floor, act].times(found):.2f}x of the floor",
            goal=">= 5 GB/s" if subject == ours else "",
        )
        for (subject, act), found in figures.items()
    ]


def search(*, rounds: int, size: float) -> list[Line]:
    """Equality among a million sealed names."""
    goals = {"sqlite": "<= 50 us", "postgresql": "<= 150 us"}
    count = int(1_000_000 * size)
    lines = []
    for engine in ENGINES:
        with stores(engine) as place:
            subject = Subject(
                engine, "bench.subjects.finding", (str(count),), place.keepwell("found")
            )
            acts = [Act("probe", 1000), Act("find", 200)]
            figures, _facts = side_by_side([subject], acts, rounds)
        lines += [
            Line(
                act=f"{act.name} among {count:,}",
                subject=engine,
                figure=duration(figures[engine, act.name].median),
                goal=goals[engine] if act.name == "probe" else "",
            )
            for act in acts
        ]
    return lines


TOPICS: dict[str, Topic] = {
    "seal": seal,
    "blob": blob,
    "rows-sqlite": rows_sqlite,
    "rows-postgresql": rows_postgresql,
    "trail": trail,
    "proofs": proofs,
    "search": search,
    "pages": pages,
}

__all__: Sequence[str] = ["TOPICS"]
