"""The list of docs/reference/asvs.yaml: whole in its chapters, and each proof an existing test."""

import ast
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
LIST = ROOT / "docs" / "reference" / "asvs.yaml"
SECTIONS = {  # of OWASP ASVS 5.0.0: how many requirements each has
    "6.1": 3,
    "6.2": 12,
    "6.3": 8,
    "6.4": 6,
    "6.5": 8,
    "6.6": 4,
    "6.7": 2,
    "6.8": 4,
    "7.1": 3,
    "7.2": 4,
    "7.3": 2,
    "7.4": 5,
    "7.5": 3,
    "7.6": 2,
    "8.1": 4,
    "8.2": 4,
    "8.3": 3,
    "8.4": 2,
}


def rows() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(LIST.read_text(encoding="utf-8"))
    return found


@cache
def functions_in(file: Path) -> frozenset[str]:
    """Return the tests of a file, those of a class as `Class.test`."""
    named = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        found = (one.name for one in inner if isinstance(one, ast.FunctionDef))
        named |= {prefix + name for name in found if name.startswith("test_")}
    return frozenset(named)


def faults(row: dict[str, Any]) -> list[str]:
    """Return what is wrong with a row."""
    other = {"proven": "proof", "planned": "reason", "not_applicable": "reason"}
    wanted = {"id", "level", "rule", "status", other.get(row.get("status", ""), "status")}
    if set(row) != wanted or not all(row.values()) or row["level"] not in {1, 2, 3}:
        return [f"{row.get('id')}: has {sorted(row)}"]
    if row["status"] != "proven":
        return []
    proofs = row["proof"] if isinstance(row["proof"], list) else [row["proof"]]
    return [f"{row['id']}: no test {proof}" for proof in proofs if not is_test(proof)]


def is_test(proof: str) -> bool:
    """Tell whether a test is there under this name."""
    path, _, name = proof.partition("::")
    file = ROOT / path
    return path.startswith("tests/") and file.is_file() and name in functions_in(file)


def test_each_requirement_of_these_chapters_stands_there_once_and_in_order() -> None:
    ids = [row["id"] for row in rows()]
    assert Counter(one.rpartition(".")[0] for one in ids) == SECTIONS
    numbers = [tuple(map(int, one.split("."))) for one in ids]
    assert numbers == sorted(set(numbers))


def test_each_proof_is_a_test_that_exists_and_the_others_say_why() -> None:
    assert [fault for row in rows() for fault in faults(row)] == []


def test_a_proof_that_is_gone_and_a_row_without_reason_are_noticed() -> None:
    row = next(row for row in rows() if row["status"] == "proven")
    assert faults(row | {"proof": "tests/boundaries/test_asvs.py::test_of_nothing"})
    assert faults(row | {"proof": "src/keepwell/__init__.py::test_of_nothing"})
    assert faults(row | {"proof": [row["proof"], "tests/boundaries/test_asvs.py::test_of_nothing"]})
    assert faults(row | {"status": "planned"})
    assert faults(row | {"status": "perhaps"})
