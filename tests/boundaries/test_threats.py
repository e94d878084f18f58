"""docs/reference/threats.md: each threat has its guard, tests that try it, and the allowed twin."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.boundaries.test_asvs import is_test

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "threats.md"
THREATS = ["T1", "T4", "T7", "T8", "T9", "T10", "T16", "T19"]
LINE = re.compile(r"^- (code|refused|allowed): `([^`]+)`$")


def threats(text: str) -> dict[str, str]:
    """Return what stands under each threat."""
    parts = re.split(r"^## (T\d+) .+$", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def faults(name: str, said: str) -> Iterator[str]:
    """Name what a threat lacks, and what is named and not there."""
    lines = [LINE.match(line) for line in said.splitlines() if line.startswith("- ")]
    found = [(one[1], one[2]) for one in lines if one]
    if len(found) != len(lines):
        yield f"{name}: a line says neither code, refused nor allowed"
    for kind in ("code", "refused", "allowed"):
        if kind not in dict(found):
            yield f"{name}: nothing {kind}"
    for kind, what in found:
        is_there = (ROOT / what).is_file() if kind == "code" else is_test(what)
        if not is_there:
            yield f"{name}: no {what}"
    if not re.search(r"^Guard: .{40}", said, flags=re.MULTILINE):
        yield f"{name}: no guard in words"


def test_every_threat_has_its_guard_its_tests_and_the_allowed_twin() -> None:
    found = threats(PAGE.read_text(encoding="utf-8"))
    assert list(found) == THREATS
    assert [fault for name, said in found.items() for fault in faults(name, said)] == []


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        ("- allowed: `tests/", "- perhaps: `tests/"),
        ("- refused: `tests/office", "- refused: `tests/nowhere"),
        ("::test_", "::test_of_nothing_"),
        ("- code: `src/", "- code: `src/nowhere/"),
        ("- allowed: ", "- refused: "),
        ("Guard: ", "Hope: "),
    ],
)
def test_what_is_missing_is_noticed(there: str, instead: str) -> None:
    name, said = next(iter(threats(PAGE.read_text(encoding="utf-8")).items()))
    if there.startswith("- refused: `tests/office"):
        said = threats(PAGE.read_text(encoding="utf-8"))["T4"]
    assert list(faults(name, said.replace(there, instead)))
