"""The table of promises is whole, says what it must say, and every kept row has its test."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.promises.table import ANY_ROW, PAGE, Row, ids_with_a_test, rows, rows_in

HOW_MANY = {"SG": 34, "FO": 18, "LC": 7, "TC": 9, "RS": 10, "SH": 6, "CC": 2}
# Once kept, always kept: taking a row out of here is a decision that somebody reads.
KEPT = {"SG19", "SG21"}
ISSUE = r"(issue [34]|later)"


def faults_of(row: Row) -> list[str]:
    """Say what is missing in what a row says about its state."""
    words = {
        "kept": re.fullmatch(rf": .*\]\([\w/.-]+\).*`tests/promises/test_{row.id.lower()}\.py`",
                             row.words),
        "part": re.fullmatch(rf": .+ Missing: .+ \({ISSUE}\)|: .+ \({ISSUE}\)", row.words),
        "planned": re.fullmatch(rf": {ISSUE}", row.words),
    }  # fmt: skip
    return [] if words.get(row.state) else [f"{row.id}: {row.state}{row.words}"]


def test_every_promise_stands_there_once_and_none_beside_them() -> None:
    expected = [f"{room}{n}" for room, last in HOW_MANY.items() for n in range(1, last + 1)]
    assert [row.id for row in rows()] == expected
    assert len(ANY_ROW.findall(PAGE.read_text())) == len(expected)


def test_every_row_says_where_it_is_kept_what_is_missing_or_when_it_is_planned() -> None:
    assert [fault for row in rows() for fault in faults_of(row)] == []


@pytest.mark.parametrize(
    "state",
    ["**kept**", "**kept**: yes", "**part**", "**planned**: soon", "**planned**", "**done**: x"],
)
def test_a_row_that_says_less_is_noticed(state: str) -> None:
    (row,) = rows_in(f"| SG1 | S | A promise. | {state} |")
    assert faults_of(row)


def test_every_kept_row_has_a_test_named_after_it_and_no_other_row_has() -> None:
    kept = {row.id for row in rows() if row.state == "kept"}
    assert ids_with_a_test(Path(__file__).parent) == kept


def test_no_row_falls_back_silently() -> None:
    assert {row.id for row in rows() if row.state == "kept"} >= KEPT


def test_a_test_that_is_left_out_keeps_no_promise(tmp_path: Path) -> None:
    (tmp_path / "test_x.py").write_text(
        "def test_sg1_one(): ...\n@pytest.mark.skip\ndef test_sg2_two(): ...\n"
        "def test_sg3(): ...\n@pytest.mark.xfail(reason='x')\ndef test_sg4_four(): ...\n"
    )
    assert ids_with_a_test(tmp_path) == {"SG1"}


def test_what_is_not_offered_is_said_in_the_readme() -> None:
    readme = (PAGE.parents[1] / "README.md").read_text()
    for word in ("payments", "SMS", "fax", "calendar", "medical record", "prescriptions"):
        assert word in readme


def test_states_are_not_all_one() -> None:
    assert set(Counter(row.state for row in rows())) == {"kept", "part", "planned"}
