"""Posted pages: every kind of answer, every error in words, everything typed kept."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.products.forms.answers import (
    check_all,
    marked_person,
    raw_of,
    read,
    starting_answers,
    to_response,
)
from keepwell.products.forms.answers.numbers import NumberUnclear, read_number
from keepwell.products.forms.answers.wording import ERROR_WORDS, PARTS
from keepwell.products.forms.compiled import CompiledForm, PersonMarks
from keepwell.products.forms.paging import pages
from keepwell.products.forms.values import (
    Answers,
    Coding,
    Place,
    Quantity,
    from_stored,
    to_stored,
)
from tests.products.forms.making import (
    extension,
    form_of,
    group,
    item,
    posted,
    said,
    sample,
    setting,
    when,
)

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100
NEVER: dict[str, Any] = {"valueCoding": {"code": "never", "system": "s", "display": "Never"}}
SMOKING = [
    {"valueCoding": {"code": "daily", "system": "s", "display": "Every day"}},
    {"valueCoding": {"code": "never", "system": "s", "display": "Never"}},
    {"valueCoding": {"code": "none", "system": "s", "display": "None of these"},
     "extension": [extension("questionnaire-optionExclusive", valueBoolean=True)]},
]  # fmt: skip
KG = [
    extension("questionnaire-unitOption", valueCoding={"code": "kg", "display": "kg"}),
    extension("questionnaire-unitOption", valueCoding={"code": "[lb_av]", "display": "pounds"}),
]

TAKEN: list[tuple[dict[str, Any], dict[str, str | list[str]], Any]] = [
    (item("a"), {"f0": "  Zoe\u0308  Smith "}, ("Zoë Smith",)),
    (item("a"), {"f0": "  "}, ()),
    (item("a", "text"), {"f0": " one\r\ntwo  \r\n"}, ("one\ntwo",)),
    (item("a", repeats=True), {"f0": ["x", "", "y"]}, ("x", "y")),
    (item("a"), {"f0": ["x", "y"]}, ("x",)),
    (item("a", "boolean"), {"f0": "yes"}, (True,)),
    (item("a", "boolean"), {"f0": "no"}, (False,)),
    (item("a", "integer"), {"f0": "1,234"}, (1234,)),
    (item("a", "integer"), {"f0": "٤٢"}, (42,)),
    (item("a", "decimal"), {"f0": "1,5"}, (Decimal("1.5"),)),
    (item("a", "decimal"), {"f0": "\u22121.50"}, (Decimal("-1.50"),)),
    (item("a", "date"), {"f0-day": "9", "f0-month": "3", "f0-year": "1951"}, ("1951-03-09",)),
    (item("a", "date"), {"f0-day": "09", "f0-month": "Março", "f0-year": "1951"}, ("1951-03-09",)),
    (item("a", "date"), {"f0-day": "", "f0-month": " ", "f0-year": ""}, ()),
    (item("a", "dateTime"),
     {"f0-day": "9", "f0-month": "3", "f0-year": "2026", "f0-time": "9:05 pm"},
     ("2026-03-09T21:05:00+00:00",)),
    (item("a", "time"), {"f0": "9.30"}, ("09:30:00",)),
    (item("a", "time"), {"f0": "12 am"}, ("00:00:00",)),
    (item("a", "url"), {"f0": "example.org/x"}, ("https://example.org/x",)),
    (item("a", "reference"), {"f0": "Dr Grey"}, ("Dr Grey",)),
    (item("a", "choice", answerOption=SMOKING), {"f0": "1"}, (Coding("never", "s", "Never"),)),
    (item("a", "choice", answerOption=SMOKING, repeats=True), {"f0": ["0", "1", "0"]},
     (Coding("daily", "s", "Every day"), Coding("never", "s", "Never"))),
    (item("a", "choice"), {"f0": "own words"}, (Coding(display="own words"),)),
    (item("a", "open-choice", answerOption=SMOKING), {"f0": "other", "f0-other": "a pipe"},
     ("a pipe",)),
    (item("a", "open-choice", answerOption=SMOKING), {"f0-other": "a pipe"}, ("a pipe",)),
    (item("a", "open-choice", answerOption=SMOKING), {"f0": "1", "f0-other": "a pipe"},
     (Coding("never", "s", "Never"),)),
    (item("a", "quantity", extension=KG), {"f0": "70,5", "f0-unit": "kg"},
     (Quantity(Decimal("70.5"), "kg", "", "kg"),)),
    (item("a", "quantity", extension=KG[:1]), {"f0": "70"},
     (Quantity(Decimal(70), "kg", "", "kg"),)),
]  # fmt: skip

REFUSED: list[tuple[str, dict[str, Any], dict[str, str | list[str]], str]] = [
    ("text_missing", item("a", required=True), {}, "Enter A"),
    ("text_missing_question", item("q", text="How are you?", required=True), {},
     "Answer “How are you?”"),
    ("choice_missing", item("a", "boolean", required=True), {}, "Choose an answer for A"),
    ("date_missing", item("a", "date", required=True), {}, "Enter a date for A"),
    ("file_missing", item("a", "attachment", required=True), {}, "Choose a file for A"),
    ("text_long", item("a", maxLength=1), {"f0": "ab"}, "A must be 1 character"),
    ("text_long", item("a", maxLength=3), {"f0": "four"}, "A must be 3 characters or less"),
    ("text_long", item("a", "text"), {"f0": "x" * 10_001}, "A must be 10000 characters or less"),
    ("text_short", item("a", extension=[extension("minLength", valueInteger=3)]), {"f0": "ab"},
     "A must be 3 characters or more"),
    ("pattern", item("a", extension=[extension("regex", valueString="[0-9]+")]), {"f0": "x"},
     "A is not in the expected form"),
    ("pattern_format", item("a", extension=[extension("regex", valueString="[0-9]+"),
     extension("entryFormat", valueString="123")]), {"f0": "x"}, "A must look like this: 123"),
    ("control_characters", item("a"), {"f0": "x\x00y"},
     "A holds characters that cannot be kept. Type it again without them"),
    ("control_characters", item("a"), {"f0": "x\ud800y"},
     "A holds characters that cannot be kept. Type it again without them"),
    ("url_shape", item("a", "url"), {"f0": "javascript:alert(1)"},
     "A must be a web address, such as https://www.example.org"),
    ("number_shape", item("a", "decimal"), {"f0": "twelve"},
     "A must be a number, such as 12 or 12.5"),
    ("number_shape", item("a", "decimal"), {"f0": "1e5"}, "A must be a number, such as 12 or 12.5"),
    ("number_ambiguous", item("a", "decimal"), {"f0": "1,234"},
     "A can be read in two ways. Write 1234 or 1.234"),
    ("whole_shape", item("a", "integer"), {"f0": "1.5"}, "A must be a whole number, such as 12"),
    ("number_small", item("a", "integer", extension=[extension("minValue", valueInteger=3)]),
     {"f0": "2"}, "A must be 3 or more"),
    ("number_large", item("a", "decimal", extension=[extension("maxValue", valueInteger=3)]),
     {"f0": "3.1"}, "A must be 3 or less"),
    ("number_precise", item("a", "decimal",
     extension=[extension("maxDecimalPlaces", valueInteger=1)]), {"f0": "3.14"},
     "A must have 1 digit or none after the decimal point"),
    ("date_part_missing", item("a", "date"), {"f0-day": "9", "f0-year": "1951"},
     "A must include a month"),
    ("date_part_missing", item("a", "date"), {"f0-month": "9"}, "A must include a day and a year"),
    ("date_unreal", item("a", "date"), {"f0-day": "31", "f0-month": "2", "f0-year": "2024"},
     "A must be a real date"),
    ("date_unreal", item("a", "date"), {"f0-day": "1", "f0-month": "13", "f0-year": "2024"},
     "A must be a real date"),
    ("year_shape", item("a", "date"), {"f0-day": "1", "f0-month": "1", "f0-year": "51"},
     "A must have a year of 4 numbers"),
    ("date_early", item("a", "date", extension=[extension("minValue", valueDate="2024-01-01")]),
     {"f0-day": "1", "f0-month": "1", "f0-year": "2023"}, "A must be 2024-01-01 or later"),
    ("date_late", item("a", "date", extension=[extension("maxValue", valueDate="2024-01-01")]),
     {"f0-day": "1", "f0-month": "1", "f0-year": "2025"}, "A must be 2024-01-01 or earlier"),
    ("time_missing", item("a", "dateTime"), {"f0-day": "1", "f0-month": "1", "f0-year": "2023"},
     "A must include a time, such as 9:30 or 21:30"),
    ("date_missing", item("a", "dateTime"), {"f0-time": "9:30"}, "Enter a date for A"),
    ("time_unreal", item("a", "time"), {"f0": "25:00"},
     "A must be a real time, such as 9:30 or 21:30"),
    ("choice_unknown", item("a", "boolean"), {"f0": "maybe"},
     "Choose one of the answers listed for A"),
    ("choice_unknown", item("a", "choice", answerOption=SMOKING), {"f0": "9"},
     "Choose one of the answers listed for A"),
    ("choice_unknown", item("a", "choice", answerOption=SMOKING), {"f0": "other"},
     "Choose one of the answers listed for A"),
    ("exclusive_choice", item("a", "choice", answerOption=SMOKING, repeats=True),
     {"f0": ["0", "2"]}, "Choose either “None of these” or other answers for A, not both"),
    ("other_missing", item("a", "open-choice", answerOption=SMOKING), {"f0": "other"},
     "Enter your own answer for A"),
    ("unit_missing", item("a", "quantity", extension=KG), {"f0": "70"}, "Choose a unit for A"),
    ("too_many", item("a", repeats=True,
     extension=[extension("questionnaire-maxOccurs", valueInteger=1)]), {"f0": ["x", "y"]},
     "Give only 1 answer for A"),
    ("too_many", item("a", repeats=True,
     extension=[extension("questionnaire-maxOccurs", valueInteger=2)]), {"f0": ["x", "y", "z"]},
     "Give at most 2 answers for A"),
    ("too_few", item("a", repeats=True,
     extension=[extension("questionnaire-minOccurs", valueInteger=2)]), {"f0": ["x"]},
     "Give at least 2 answers for A"),
    ("group_missing", group("g", item("a"), required=True), {},
     "Answer at least one question of G"),
    ("name_missing", item("name", required=True), {}, "Enter your name"),
    ("born_missing", item("dob", "date", required=True), {}, "Enter your date of birth"),
    ("born_future", item("dob", "date"), {"f0-day": "25", "f0-month": "11", "f0-year": "2026"},
     "Your date of birth must be in the past"),
    ("born_future", item("dob", "date", text="Patient's date of birth"),
     {"f0-day": "25", "f0-month": "11", "f0-year": "2026"},
     "Patient's date of birth must be in the past"),
    ("date_missing", item("dob", "date", text="Patient's date of birth", required=True), {},
     "Enter a date for Patient's date of birth"),
    ("date_part_missing", item("dob", "date"), {"f0-day": "25", "f0-year": "1951"},
     "Your date of birth must include a month"),
    ("email_missing", item("email", required=True), {}, "Enter your email address"),
    ("email_shape", item("email"), {"f0": "pat@example"},
     "Enter an email address in the correct format, such as name@example.com"),
    ("telephone_missing", item("phone", required=True), {}, "Enter your telephone number"),
    ("telephone_shape", item("phone"), {"f0": "call me"},
     "Enter a telephone number in numbers, such as 503-555-0142 or +44 808 157 0192 ext. 12"),
    ("rows_few", group("g", item("a"), repeats=True,
     extension=[extension("questionnaire-minOccurs", valueInteger=2)]),
     {"f0-rows": ["0", "1"], "f1_0": "x"}, "Fill in at least 2 of G. Filled in so far: 1"),
    ("rows_many", group("g", item("a"), repeats=True,
     extension=[extension("questionnaire-maxOccurs", valueInteger=1)]),
     {"f0-rows": ["0", "1"], "f1_0": "x", "f1_1": "y"},
     "Keep at most 1 of G. There are 2: remove those that matter least"),
]  # fmt: skip


def only(form: CompiledForm, answers: Answers) -> Any:
    return answers.at(form.items[0].link_id)


@pytest.mark.parametrize(("one", "data", "values"), TAKEN)
def test_an_answer_is_taken(one: dict[str, Any], data: dict[str, Any], values: Any) -> None:
    form = form_of(one)
    result = posted(form, **data)
    assert said(result) == []
    assert only(form, result.answers) == values


@pytest.mark.parametrize(("one", "data", "values"), TAKEN)
def test_a_kept_answer_reads_the_same_again(
    one: dict[str, Any], data: dict[str, Any], values: Any
) -> None:
    form = form_of(one)
    first = posted(form, **data).answers
    stored = from_stored(to_stored(first))
    assert stored == first
    typed: dict[str, Any] = {**raw_of(form, pages(form)[0], first)}
    again = posted(form, before=first, **typed)
    assert again.answers == first


@pytest.mark.parametrize(("code", "one", "data", "words"), REFUSED)
def test_an_answer_is_refused_in_words_and_kept_as_typed(
    code: str, one: dict[str, Any], data: dict[str, Any], words: str
) -> None:
    form = form_of(one)
    result = posted(form, **data)
    assert [(error.code, str(error.sentence)) for error in result.errors] == [(code, words)]
    typed = {name: [text] if isinstance(text, str) else text for name, text in data.items()}
    typed.pop("f0-rows", None)  # which rows there are is an answer, not something typed
    assert result.raw == typed


def test_given_and_family_name_are_asked_by_name() -> None:
    form = form_of(group("g", item("first name", required=True), item("surname", required=True)))
    assert said(posted(form)) == ["Enter your given name", "Enter your family name"]


def test_every_error_has_a_test() -> None:
    elsewhere = {"not_asked", "file_empty", "file_kind", "file_large", "given_missing",
                 "family_missing"}  # fmt: skip
    assert {code for code, *_ in REFUSED} | elsewhere == set(ERROR_WORDS)
    assert all("%" not in words for words in PARTS.values())


def test_an_error_leads_to_the_part_that_is_wrong() -> None:
    form = form_of(item("a", "date"))
    result = posted(form, f0__day="9", f0__year="1951")
    assert [error.target for error in result.errors] == ["f0-month"]
    assert [error.target for error in posted(form_of(item("a", required=True))).errors] == ["f0"]


def test_a_mistyped_answer_never_leaves_the_old_one_in_place() -> None:
    form = form_of(item("a", "integer"))
    before = posted(form, f0="5").answers
    assert only(form, posted(form, before=before, f0="five").answers) == ()


def test_a_date_may_be_coarser_only_where_the_form_says_so() -> None:
    month = item("a", "date", extension=[extension("entryFormat", valueString="MM/yyyy")])
    year = item("a", "date", extension=[extension("entryFormat", valueString="yyyy")])
    assert only(form_of(month), posted(form_of(month), f0__month="3", f0__year="1951").answers) == (
        "1951-03",
    )
    assert only(form_of(year), posted(form_of(year), f0__year="1951").answers) == ("1951",)


def test_a_moment_carries_the_offset_of_the_clinic() -> None:
    form = form_of(item("a", "dateTime"))
    there = setting(form, zone=timezone(timedelta(hours=-8)))
    data = {"f0-day": ["9"], "f0-month": ["3"], "f0-year": ["2026"], "f0-time": ["9:05"]}
    result = read(form, pages(form)[0], data, before=Answers(), setting=there)
    assert only(form, result.answers) == ("2026-03-09T09:05:00-08:00",)


def test_an_answer_to_a_question_that_is_not_asked_is_an_error() -> None:
    form = form_of(item("a", "boolean"), item("b", enableWhen=[when("a", "=", answerBoolean=True)]))
    result = posted(form, 2, posted(form, f0="no").answers, f1="still here")
    assert [error.code for error in result.errors] == ["not_asked"]
    assert result.raw == {"f1": ["still here"]}


def test_a_question_that_is_not_asked_is_not_required() -> None:
    form = form_of(
        item("a", "boolean"),
        item("b", required=True, enableWhen=[when("a", "=", answerBoolean=True)]),
    )
    assert check_all(form, posted(form, f0="no").answers, setting(form)) == ()
    yes = posted(form, f0="yes").answers
    assert [error.code for error in check_all(form, yes, setting(form))] == ["text_missing"]


def drugs() -> CompiledForm:
    return form_of(
        group(
            "drug",
            item("name", required=True),
            item("why", required=True, enableWhen=[when("name", "=", answerString="other")]),
            repeats=True,
        )
    )


def test_rows_are_added_and_removed_by_buttons() -> None:
    form = drugs()
    added = posted(form, f0__rows=["0"], f1_0="aspirin", act="add:f0")
    assert added.answers.row_ids(Place("drug")) == (0, 1)
    assert added.errors == ()
    more = posted(
        form, before=added.answers, f0__rows=["0", "1"], f1_0="aspirin", f1_1="x", act="add:f0"
    )
    assert more.answers.row_ids(Place("drug")) == (0, 1, 2)
    left = posted(
        form,
        before=more.answers,
        f0__rows=["0", "1", "2"],
        f1_0="aspirin",
        f1_1="x",
        f1_2="y",
        act="remove:f0:1",
    )
    assert left.answers.row_ids(Place("drug")) == (0, 2)
    assert left.answers.values == {Place("name", (0,)): ("aspirin",), Place("name", (2,)): ("y",)}


def test_the_last_row_removed_leaves_an_empty_one() -> None:
    form = drugs()
    left = posted(form, f0__rows=["0"], f1_0="aspirin", act="remove:f0:0")
    assert left.answers.row_ids(Place("drug")) == (1,)
    assert left.answers.values == {}


def test_each_row_is_checked_for_itself() -> None:
    form = form_of(group("drug", item("name", required=True), item("dose"), repeats=True))
    result = posted(form, f0__rows=["0", "3"], f1_0="aspirin", f1_3="", f2_3="10 mg")
    assert [(error.place, error.target) for error in result.errors] == [
        (Place("name", (3,)), "f1_3")
    ]


def test_a_revealed_question_is_shown_before_it_is_required() -> None:
    form = drugs()
    first = posted(form, f0__rows=["0"], f1_0="other")
    assert first.revealed == {Place("why", (0,))}
    assert first.errors == ()
    second = posted(form, before=first.answers, f0__rows=["0"], f1_0="other", f2_0="")
    assert second.revealed == frozenset()
    assert [error.code for error in second.errors] == ["text_missing"]


def test_forged_rows_are_bounded() -> None:
    inner = group("c", group("x", item("d"), repeats=True), repeats=True)
    form = form_of(group("a", group("b", inner, repeats=True), repeats=True))
    many = [str(number) for number in range(500)]
    nested: dict[str, Any] = {f"f1_{row}-rows": many for row in range(50)}
    deeper = {f"f2_{row}_{other}-rows": many for row in range(50) for other in range(50)}
    deepest = {f"f3_{row}_0_0-rows": many for row in range(50)}
    result = posted(form, **{"f0-rows": many, **nested, **deeper, **deepest})
    assert sum(len(ids) for ids in result.answers.rows.values()) < 100


def test_lines_of_a_repeating_question_are_added_and_removed() -> None:
    form = form_of(item("a", repeats=True))
    assert posted(form, f0=["x"], act="add:f0").raw == {"f0": ["x", ""]}
    assert posted(form, f0=["x", "y", "z"], act="remove:f0:1").raw == {"f0": ["x", "z"]}
    assert posted(form, f0=["x"], act="remove:f0:9").raw == {"f0": ["x"]}
    dates = form_of(item("a", "date", repeats=True))
    added = posted(dates, f0__day=["1"], f0__month=["2"], f0__year=["2000"], act="add:f0")
    assert added.raw == {"f0-day": ["1", ""], "f0-month": ["2", ""], "f0-year": ["2000", ""]}


@pytest.mark.parametrize("act", ["", "remove:f9", "add:", "x" * 500, "add:f0_1", "remove:f0:-1"])
def test_an_unknown_button_means_continue(act: str) -> None:
    assert posted(form_of(item("a")), f0="x", act=act).act.kind == "continue"


def test_what_was_mistyped_and_left_is_found_before_sending() -> None:
    form = form_of(item("a", "integer"), item("b"))
    wrong = posted(form, f0="five")
    assert check_all(form, wrong.answers, setting(form)) == ()
    found = check_all(form, wrong.answers, setting(form), {1: wrong.raw})
    assert [error.code for error in found] == ["whole_shape"]


def test_errors_of_the_whole_form_come_in_the_order_of_its_pages() -> None:
    form = sample("hl7sdc__CardiologyForm")
    codes = [error.code for error in check_all(form, Answers(), setting(form))]
    assert codes[:4] == ["family_missing", "given_missing", "born_missing", "choice_missing"]
    assert codes.count("group_missing") == 2


def test_a_response_begins_with_fitting_initial_values() -> None:
    form = form_of(
        item("a", "decimal", initial=[{"valueDecimal": 2}]),
        item("b", "boolean", initial=[{"valueBoolean": False}]),
        item("c", "integer", initial=[{"valueBoolean": True}]),
        item("d", "choice", answerOption=[{**NEVER, "initialSelected": True}]),
        group("g", item("e", initial=[{"valueString": "x"}]), repeats=True),
    )
    assert starting_answers(form).values == {
        Place("a"): (Decimal(2),),
        Place("b"): (False,),
        Place("d"): (Coding("never", "s", "Never"),),
        Place("e", (0,)): ("x",),
    }


def test_the_marked_person_is_taken_from_answers_that_count() -> None:
    form = form_of(
        item("given"),
        item("family"),
        item("has", "boolean"),
        item("mail", enableWhen=[when("has", "=", answerBoolean=True)]),
    )
    given = Answers({Place("given"): ("Pat",), Place("family"): ("Whitfield",),
                     Place("has"): (False,), Place("mail"): ("pat@example.com",)})  # fmt: skip
    marks = PersonMarks(("given", "family"), "", "mail", "unknown")
    person = marked_person(form, given, marks)
    assert (person.name, person.born, person.email, person.telephone) == (
        "Pat Whitfield", "", "", "",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [("1 234,5", "1234.5"), ("1.234,50", "1234.50"), ("1,234.5", "1234.5"), ("1'234", "1234"),
     ("0,125", "0.125"), ("1,234,567", "1234567"), ("007", "7"), ("-0.5", "-0.5")],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, value: str) -> None:
    assert read_number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "1..2", "12kg", "NaN", "Infinity", "9" * 31, "1,23,4"]
)
def test_what_is_no_number_is_not_guessed(text: str) -> None:
    with pytest.raises(NumberUnclear):
        read_number(text)


@given(
    st.dictionaries(
        st.from_regex(r"f\d(_\d)?(-(day|month|year|time|unit|other|kept|rows))?", fullmatch=True)
        | st.just("act"),
        st.lists(st.text(max_size=20), max_size=3),
        max_size=12,
    )
)
def test_no_posted_page_breaks_the_reading(data: dict[str, Any]) -> None:
    kinds = ["string", "text", "integer", "decimal", "date", "dateTime", "time", "quantity"]
    form = form_of(group("g", *(item(kind, kind) for kind in kinds), repeats=True))
    result = posted(form, **data)
    assert from_stored(to_stored(result.answers)) == result.answers
    to_response(form, result.answers, authored=datetime(2026, 1, 1, tzinfo=UTC))
