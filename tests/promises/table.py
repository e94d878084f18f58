"""The table of promises as docs/promises.md states it, and the tests named after its rows."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "promises.md"
ROW = re.compile(
    r"^\| (?P<id>[A-Z]{2}\d+) \| (?P<kind>[SB]) \| (?P<promise>.+) "
    r"\| \*\*(?P<state>[a-z]+)\*\*(?P<words>.*) \|$",
    re.MULTILINE,
)
ANY_ROW = re.compile(r"^\| [A-Z]{2}\d+ \|", re.MULTILINE)
TEST = re.compile(r"test_(?P<id>[a-z]{2}\d+)_\w+")


@dataclass(frozen=True, slots=True)
class Row:
    """One promise, and what the page says about keeping it."""

    id: str
    promise: str
    state: str
    words: str


def rows_in(page: str) -> list[Row]:
    """Return the rows of a page, in its order."""
    return [
        Row(found["id"], found["promise"], found["state"], found["words"])
        for found in ROW.finditer(page)
    ]


def rows() -> list[Row]:
    """Return the rows of docs/promises.md."""
    return rows_in(PAGE.read_text(encoding="utf-8"))


def ids_with_a_test(folder: Path) -> set[str]:
    """Return the ids after which tests that are sure to run are named."""
    return {
        named
        for path in sorted(folder.glob("test_*.py"))
        for named in _named(ast.parse(path.read_text(encoding="utf-8")))
    }


def _named(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        found = TEST.fullmatch(node.name) if isinstance(node, ast.FunctionDef) else None
        if found and isinstance(node, ast.FunctionDef) and not _may_be_left_out(node):
            yield found["id"].upper()


def _may_be_left_out(test: ast.FunctionDef) -> bool:
    marks = " ".join(ast.unparse(mark) for mark in test.decorator_list)
    return "skip" in marks or "xfail" in marks
