"""Expressions of imported forms match in linear time, as Python's engine would, or are refused."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.products.forms.patterns import MAX_TEXT, Pattern, PatternRefused

REFUSED = [
    r"(?=a)b", r"(?!a)b", r"(?<=a)b", r"(a)\1", r"a**", r"\bfoo", "[" * 10, "a{9999}", "(?i)a",
    "a{1,2}{3}", ")", "(", "a{", "a{3,2}", "(((a{9}){9}){9}){9}", "a" * 301, "(" * 30 + ")" * 30,
    r"\p{L}", "a$b", "a^b", "[b-a]", "[", "\\", "*a", "[[:alpha:]]", "(a", "((a{100}){100}){100}",
]  # fmt: skip
# Known catastrophes of backtracking engines.
EVIL = ["(a+)+b", "(a|a)*b", "(a|aa)+b", "(.*)*b", "a*a*a*a*a*a*a*a*b", "([a-zA-Z]+)*b"]


@pytest.mark.parametrize("source", REFUSED)
def test_what_cannot_be_matched_in_linear_time_is_refused(source: str) -> None:
    with pytest.raises(PatternRefused):
        Pattern(source)


@pytest.mark.parametrize("source", EVIL)
def test_an_evil_expression_gives_its_answer(source: str) -> None:
    assert not Pattern(source).matches("a" * MAX_TEXT)
    assert Pattern(source).matches("a" * (MAX_TEXT - 1) + "b")


def test_a_text_longer_than_the_cap_never_matches() -> None:
    assert not Pattern("a*").matches("a" * (MAX_TEXT + 1))


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"^[A-Z]\d[A-Z] ?\d[A-Z]\d$", "K1A 0B1"),
        (r"\d{3}-\d{3}-\d{4}", "503-555-0142"),
        (r"[^\s@]+@[^\s@]+\.[a-z]{2,}", "pat@example.com"),
        (r"(?:\+|00)?[1-9][0-9 ]{5,}", "+44 808 157"),
        (r"[]a]+", "]a]"),
        (r"[a\-z]+", "a-z"),
        (r"a|b|", ""),
        (r"x{2,3}?y", "xxy"),
        (r"\$\d+\.\d{2}", "$12.50"),
    ],
)
def test_ordinary_expressions_work(source: str, text: str) -> None:
    assert Pattern(source).matches(text)
    assert not Pattern(source).matches(text + "!!")


def atoms() -> st.SearchStrategy[str]:
    single = st.sampled_from(["a", "b", "c", ".", "[ab]", "[^a]", r"\d", r"\w", "[a-c]", "(?:ab)"])
    counts = st.sampled_from(["", "", "*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}", "*?"])
    return st.builds("".join, st.tuples(single, counts))


def sources() -> st.SearchStrategy[str]:
    sequence = st.lists(atoms(), max_size=4).map("".join)
    branches = st.lists(sequence, min_size=1, max_size=3).map("|".join)
    return st.builds(lambda one, two: f"({one}){two}", branches, sequence)


@given(sources(), st.text(alphabet="abc1 ", max_size=12))
def test_it_agrees_with_pythons_engine(source: str, text: str) -> None:
    assert Pattern(source).matches(text) == bool(re.fullmatch(source, text))


@given(st.text(alphabet="ab()[]{}|*+?^$\\-,:1=!<", max_size=20), st.text("ab1", max_size=10))
def test_any_source_is_refused_or_answers(source: str, text: str) -> None:
    try:
        pattern = Pattern(source)
    except PatternRefused:
        return
    assert pattern.matches(text) in (True, False)
