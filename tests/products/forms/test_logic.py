"""Conditions: every operator over every kind of answer, rows, parents; pure and terminating."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.products.forms.answers import check_all
from keepwell.products.forms.compiled import CompiledForm
from keepwell.products.forms.logic import enabled, is_met, pruned
from keepwell.products.forms.values import Answers, Coding, Place, Quantity, Value
from tests.products.forms.making import answers, form_of, group, item, sample, setting, when

CM = Quantity(Decimal(3), "cm", "ucum", "cm")
TRUE: list[tuple[str, Value, Value]] = [
    ("=", True, True), ("=", False, False), ("!=", False, True),
    ("=", 3, 3), ("=", Decimal("3.0"), 3), (">", Decimal("3.1"), 3), ("<", 2, 3), (">=", 3, 3),
    ("<=", 3, 3), ("!=", 4, 3),
    ("=", "2026-11-24", "2026-11-24"), (">", "2026-11-25", "2026-11-24"),
    ("<", "2026-11", "2026-12-01"), (">=", "2026-11-24", "2026-11-24"),
    ("!=", "2026-11", "2026-11-24"),
    ("=", "2026-11-24T10:00:00+01:00", "2026-11-24T09:00:00Z"),
    ("<", "2026-11-24T10:00:00+02:00", "2026-11-24T09:00:00Z"),
    ("=", "09:30:00", "09:30"), (">", "10:00:00", "09:59:59"),
    ("=", "abc", "abc"), ("!=", "abc", "abd"),
    ("=", Coding("a", "s"), Coding("a", "s", "words")), ("=", Coding("a"), Coding("a", "s")),
    ("!=", Coding("a", "s"), Coding("a", "t")), ("!=", Coding("a"), Coding("b")),
    ("=", CM, Quantity(Decimal("3.0"), "cm", "ucum", "cm")),
    (">", CM, Quantity(Decimal(2), "cm", "ucum", "cm")), (">", CM, 2),
]  # fmt: skip
FALSE: list[tuple[str, Value, Value]] = [
    ("=", True, False), ("=", 3, 4), (">", 3, 3), ("<", 3, 3), (">=", 2, 3), ("<=", 4, 3),
    ("=", True, 1), (">", True, 0), ("=", "2026-11", "2026-11-24"), (">", "2026-11", "2026-11-24"),
    ("<", "2026-11", "2026-11-24"), ("<", "tomorrow", "2026-11-24"), ("=", "abc", "Abc"),
    ("=", Coding("a", "s"), Coding("a", "t")), ("=", Coding("a"), "a"),
    (">", CM, Quantity(Decimal(2), "mm", "ucum", "mm")), ("=", CM, Quantity(Decimal(3), "m")),
]  # fmt: skip


@pytest.mark.parametrize(("operator", "value", "expected"), TRUE)
def test_a_condition_holds(operator: str, value: Value, expected: Value) -> None:
    assert is_met(operator, (value,), expected)


@pytest.mark.parametrize(("operator", "value", "expected"), FALSE)
def test_a_condition_does_not_hold(operator: str, value: Value, expected: Value) -> None:
    assert not is_met(operator, (value,), expected)


@pytest.mark.parametrize(
    ("operator", "holds"),
    [("=", False), ("!=", True), (">", False), ("<", False), (">=", False), ("<=", False)],
)
def test_without_an_answer_only_unequal_holds(operator: str, holds: bool) -> None:
    assert is_met(operator, (), 3) is holds


def test_exists_asks_for_presence_or_absence() -> None:
    assert is_met("exists", ("x",), expected=True)
    assert not is_met("exists", ("x",), expected=False)
    assert is_met("exists", (), expected=False)
    assert not is_met("exists", (), expected=True)


def test_one_of_several_answers_is_enough() -> None:
    assert is_met("=", (1, 2, 3), 2)
    assert is_met(">", (1, 5), 4)
    assert not is_met("!=", (1, 2), 2)


def open_ids(form: CompiledForm, given: Answers) -> set[str]:
    return {place.link_id for place in enabled(form, given)}


def test_all_and_any_decide_between_several_conditions() -> None:
    both = [when("a"), when("b")]
    form = form_of(
        item("a"),
        item("b"),
        item("all", enableWhen=both, enableBehavior="all"),
        item("any", enableWhen=both, enableBehavior="any"),
    )
    assert open_ids(form, answers(a="x")) == {"a", "b", "any"}
    assert open_ids(form, answers(a="x", b="y")) == {"a", "b", "any", "all"}


def test_a_disabled_parent_disables_everything_below() -> None:
    form = form_of(item("a"), group("g", item("b", item=[item("c")]), enableWhen=[when("a")]))
    assert open_ids(form, Answers()) == {"a"}
    assert open_ids(form, answers(a="x")) == {"a", "g", "b", "c"}


def test_the_answer_of_a_disabled_question_does_not_count() -> None:
    form = form_of(item("a"), item("b", enableWhen=[when("a")]), item("c", enableWhen=[when("b")]))
    assert open_ids(form, answers(b="left over")) == {"a"}
    assert open_ids(form, answers(a="x", b="y")) == {"a", "b", "c"}


def test_order_in_the_document_does_not_matter() -> None:
    form = form_of(item("c", enableWhen=[when("b")]), item("b", enableWhen=[when("a")]), item("a"))
    assert open_ids(form, answers(a="x", b="y")) == {"a", "b", "c"}


def rows_form() -> CompiledForm:
    return form_of(
        group(
            "drug",
            item("name"),
            item("why", enableWhen=[when("name", "=", answerString="other")]),
            repeats=True,
        ),
        item("after", enableWhen=[when("name", "=", answerString="other")]),
    )


def test_a_condition_in_a_row_looks_at_its_own_row_and_one_outside_at_all() -> None:
    given = Answers(
        {Place("name", (0,)): ("aspirin",), Place("name", (2,)): ("other",)},
        {Place("drug"): (0, 2)},
    )
    found = enabled(rows_form(), given)
    assert Place("why", (2,)) in found
    assert Place("why", (0,)) not in found
    assert Place("after") in found


def test_pruning_drops_answers_to_disabled_items_and_removed_rows() -> None:
    given = Answers(
        {
            Place("name", (0,)): ("aspirin",),
            Place("why", (0,)): ("left over",),
            Place("name", (7,)): ("of a removed row",),
            Place("after"): ("left over",),
        },
        {Place("drug"): (0,)},
    )
    assert pruned(rows_form(), given).values == {Place("name", (0,)): ("aspirin",)}


@st.composite
def forms(draw: st.DrawFn) -> CompiledForm:
    """Random forms whose conditions look back, forward or sideways, never in a circle."""
    count = draw(st.integers(2, 12))
    order = draw(st.permutations(range(count)))
    built: dict[int, dict[str, Any]] = {}
    for rank, number in enumerate(order):
        targets = draw(st.lists(st.sampled_from(order[:rank]), max_size=2)) if rank else []
        conditions = [when(f"q{target}", "=", answerInteger=draw(st.integers(0, 1)))
                      for target in targets]  # fmt: skip
        more = {"enableWhen": conditions, "enableBehavior": draw(st.sampled_from(["all", "any"]))}
        built[number] = item(f"q{number}", "integer", **(more if conditions else {}))
    return form_of(*(built[number] for number in range(count)))


@given(forms(), st.dictionaries(st.integers(0, 11), st.integers(0, 1)))
def test_deciding_ends_is_pure_and_pruning_changes_nothing_more(
    form: CompiledForm, chosen: dict[int, int]
) -> None:
    known = {f"q{n}": (value,) for n, value in chosen.items() if f"q{n}" in form.by_link_id}
    given_answers = answers(**known)
    copy = Answers(dict(given_answers.values), dict(given_answers.rows))
    first = enabled(form, given_answers)
    assert enabled(form, given_answers) == first
    assert given_answers == copy
    kept = pruned(form, given_answers)
    assert enabled(form, kept) == first
    assert pruned(form, kept) == kept
    assert set(kept.values) <= first


def test_a_chain_of_two_thousand_conditions_is_decided() -> None:
    chain = [item("q0", "boolean")]
    chain += [
        item(f"q{n}", "boolean", enableWhen=[when(f"q{n - 1}", "=", answerBoolean=True)])
        for n in range(1, 2000)
    ]
    form = form_of(*chain)
    everything = answers(**{f"q{n}": True for n in range(2000)})
    assert len(enabled(form, everything)) == 2000
    assert len(enabled(form, answers(q0=False))) == 1
    assert check_all(form, everything, setting(form)) == ()


def test_the_cardiology_form_opens_what_an_answer_asks_for() -> None:
    form = sample("hl7sdc__CardiologyForm")
    before = open_ids(form, Answers())
    chosen = answers(additionalinfo_pronouns=Coding(
        "OTH", "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"))  # fmt: skip
    assert open_ids(form, chosen) - before == {"additionalinfo_pronouns_other"}
