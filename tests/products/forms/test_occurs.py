"""How many answers and rows are wanted: minOccurs, maxOccurs and `required` of what repeats."""

from typing import Any

import pytest

from keepwell.products.forms.answers import check_all, starting_answers
from keepwell.products.forms.compiled import CompiledForm
from keepwell.products.forms.definition import DefinitionRefused, parse
from keepwell.products.forms.rendering import check_view, page_view
from keepwell.products.forms.values import Answers, Place
from tests.products.forms.making import (
    document,
    extension,
    form_of,
    group,
    item,
    posted,
    said,
    setting,
    when,
)

OPTIONS = [{"valueString": one} for one in ("north", "south", "west")]


def occurs(least: int | None = None, most: int | None = None) -> list[dict[str, Any]]:
    limits = {"questionnaire-minOccurs": least, "questionnaire-maxOccurs": most}
    return [extension(name, valueInteger=one) for name, one in limits.items() if one is not None]


def contacts(least: int | None = None, most: int | None = None, **more: Any) -> CompiledForm:
    inside = (item("name", required=True), item("call"))
    return form_of(group("contact", *inside, repeats=True, extension=occurs(least, most), **more))


def codes(form: CompiledForm, answers: Answers) -> list[str]:
    return [error.code for error in check_all(form, answers, setting(form))]


def test_a_response_begins_with_the_rows_that_must_be_filled_in() -> None:
    form = contacts(least=2)
    begun = starting_answers(form)
    assert begun.row_ids(Place("contact")) == (0, 1)
    assert starting_answers(contacts()).row_ids(Place("contact")) == (0,)


def test_rows_inside_a_new_row_begin_so_too() -> None:
    inner = group("phone", item("digits"), repeats=True, extension=occurs(2))
    form = form_of(group("contact", inner, repeats=True))
    added = posted(form, f0__rows=["0"], act="add:f0").answers
    assert starting_answers(form).row_ids(Place("phone", (0,))) == (0, 1)
    assert added.row_ids(Place("phone", (1,))) == (0, 1)


def test_too_few_rows_are_named_at_the_row_to_fill_in_next_and_nothing_is_lost() -> None:
    form = contacts(least=2)
    result = posted(
        form, before=starting_answers(form), f0__rows=["0", "1"], f1_0="Ana", f2_0="555"
    )
    assert said(result) == ["Fill in at least 2 of Contact. Filled in so far: 1"]
    assert [error.target for error in result.errors] == ["f1_1"]
    assert result.answers.at("name", (0,)) == ("Ana",)
    assert codes(form, result.answers) == ["rows_few"]
    view = check_view(form, result.answers, check_all(form, result.answers, setting(form)))
    assert view.summary[0][0] == "check-f1_1"


def test_enough_rows_pass_on_the_page_and_at_sending() -> None:
    form = contacts(least=2)
    result = posted(form, f0__rows=["0", "1"], f1_0="Ana", f1_1="Bo")
    assert result.errors == ()
    assert codes(form, result.answers) == []


def test_a_page_that_hides_its_rows_is_caught() -> None:
    form = contacts(least=2)
    result = posted(form, before=starting_answers(form), f0__rows=["0"], f1_0="Ana")
    assert [error.code for error in result.errors] == ["rows_few"]


def test_a_required_group_that_repeats_wants_one_row() -> None:
    form = form_of(group("contact", item("name"), repeats=True, required=True))
    assert said(posted(form, f0__rows=["0"], f1_0="")) == [
        "Answer at least one question of Contact"
    ]


def test_more_rows_than_there_may_be_are_refused_and_kept() -> None:
    form = contacts(most=2)
    result = posted(form, f0__rows=["0", "1", "2"], f1_0="Ana", f1_1="Bo", f1_2="Cy")
    assert [(error.code, error.target) for error in result.errors] == [("rows_many", "f1_2")]
    assert result.answers.at("name", (2,)) == ("Cy",)
    assert codes(form, result.answers) == ["rows_many"]


def test_rows_that_must_be_there_cannot_be_taken_away_by_the_page() -> None:
    form = contacts(least=2)
    begun = starting_answers(form)
    removes = [row.remove for row in _rows(form, begun)]
    assert removes == ["", ""]
    more = posted(form, before=begun, f0__rows=["0", "1"], act="add:f0").answers
    assert all(row.remove for row in _rows(form, more))


def _rows(form: CompiledForm, answers: Answers) -> tuple[Any, ...]:
    from keepwell.products.forms.paging import pages  # noqa: PLC0415  beside its only use

    view = page_view(form, pages(form)[0], answers, setting=setting(form))
    return next(node.rows.rows for node in view.nodes if node.rows)


def test_an_empty_row_after_the_first_asks_nothing_and_is_not_shown_again() -> None:
    form = contacts()
    result = posted(form, f0__rows=["0", "1"], f1_0="Ana", f1_1="", f2_1=" ")
    assert result.errors == ()
    assert codes(form, result.answers) == []
    labels = [row.label for one in check_view(form, result.answers).sections for row in one.rows]
    assert labels == ["Contact 1: Name", "Contact 1: Call"]


def test_the_first_row_still_asks_what_is_required() -> None:
    form = contacts()
    assert said(posted(form, f0__rows=["0", "1"], f1_0="", f1_1="Bo")) == ["Enter Name"]


def test_a_group_that_is_not_asked_wants_no_rows() -> None:
    inside = group("contact", item("name"), repeats=True, extension=occurs(2),
                   enableWhen=[when("has", "=", answerBoolean=True)])  # fmt: skip
    form = form_of(item("has", "boolean"), inside)
    assert codes(form, Answers({Place("has"): (False,)})) == []
    assert codes(form, Answers({Place("has"): (True,)})) == ["rows_few"]


def test_a_question_shows_as_many_lines_as_it_wants_and_says_so() -> None:
    form = form_of(item("street", repeats=True, extension=occurs(2, 3)))
    question = _question(form, starting_answers(form))
    assert len(question.lines) == 2
    assert not any(line.remove for line in question.lines)
    assert question.hints == ("At least 2.", "At most 3.")
    assert said(posted(form, f0=["North", ""])) == ["Give at least 2 answers for Street"]
    assert said(posted(form, f0=["a", "b", "c", "d"])) == ["Give at most 3 answers for Street"]
    assert posted(form, f0=["a", "b", "c", "d"]).raw["f0"] == ["a", "b", "c", "d"]


def test_ticked_answers_are_counted_too() -> None:
    ways = item("ways", "choice", answerOption=OPTIONS, repeats=True, extension=occurs(2, 2))
    form = form_of(ways)
    assert _question(form, Answers()).hints == (
        "Choose all that apply.", "At least 2.", "At most 2.",
    )  # fmt: skip
    assert said(posted(form, f0=["0"])) == ["Give at least 2 answers for Ways"]
    assert said(posted(form, f0=["0", "1", "2"])) == ["Give at most 2 answers for Ways"]
    assert posted(form, f0=["0", "2"]).errors == ()


def _question(form: CompiledForm, answers: Answers) -> Any:
    from keepwell.products.forms.paging import pages  # noqa: PLC0415  beside its only use

    view = page_view(form, pages(form)[0], answers, setting=setting(form))
    return next(node.question for node in view.nodes if node.question)


@pytest.mark.parametrize(
    "one",
    [
        item("a", repeats=True, extension=occurs(51)),
        item("a", "choice", repeats=True, answerOption=OPTIONS, extension=occurs(4)),
        group("a", item("b"), repeats=True, extension=occurs(3, 2)),
    ],
)
def test_what_nobody_could_meet_is_not_published(one: dict[str, Any]) -> None:
    with pytest.raises(DefinitionRefused) as refused:
        parse(document(one))
    assert [finding.code for finding in refused.value.findings] == ["occurs_unreachable"]


def test_own_words_can_make_up_for_options_that_are_too_few() -> None:
    parse(document(item("a", "open-choice", repeats=True, answerOption=OPTIONS,
                        extension=occurs(4))))  # fmt: skip


@pytest.mark.parametrize(
    "typed",
    ["503-555-0142", "+44 808 157 0192", "(503) 555 0142", "503.555.0142", "5035550142 ext. 12",
     "503 555 0142 x12", "503-555-0142, extension 7", "030/123456", "+49 (0)30 123 456",
     "503\u2013555\u20130142", "٥٠٣٥٥٥٠١٤٢", "12345", "[503] 555-0142 Ext 9"],
)  # fmt: skip
def test_a_telephone_number_is_taken_however_it_is_written(typed: str) -> None:
    assert posted(form_of(item("phone")), f0=typed).errors == ()


@pytest.mark.parametrize(
    "typed",
    ["call me", "1234", "ask my daughter", "none", "x", "ext", "503-555-0142 after six",
     "pat@example.org", "+", "555 0142 or 555 0143", "x" * 60, "1 ext 99999999999999"],
)  # fmt: skip
def test_words_are_no_telephone_number_and_stay_typed(typed: str) -> None:
    result = posted(form_of(item("phone")), f0=typed)
    assert said(result)[0].startswith("Enter a telephone number in numbers, such as 503-555-0142")
    assert result.raw["f0"] == [typed]
    assert result.answers == Answers()
