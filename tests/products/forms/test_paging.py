"""Pages: one question or short section at a time, shown or not by the answers."""

import pytest
from hypothesis import given

from keepwell.products.forms.compiled import CompiledForm
from keepwell.products.forms.logic import enabled
from keepwell.products.forms.paging import (
    MAX_QUESTIONS,
    first_page_with,
    page_after,
    page_before,
    page_numbered,
    page_of,
    pages,
    revealed,
    visible_pages,
)
from keepwell.products.forms.values import Answers, Place
from tests.products.forms.making import answers, form_of, group, item, sample, when
from tests.products.forms.test_logic import forms

SAMPLES = [
    "hl7sdc__CardiologyForm",
    "hl7sdc__extract-complex-template",
    "smartforms__CVD-Risk-2023",
]


def entries(form: CompiledForm) -> list[list[str]]:
    return [[form.items[index].link_id for index in page.entries] for page in pages(form)]


def test_each_root_question_is_a_page_and_a_short_section_is_one() -> None:
    form = form_of(item("a"), item("b"), group("g", item("c"), item("d")))
    assert entries(form) == [["a"], ["b"], ["c", "d"]]


def test_a_text_between_sections_opens_the_next_page() -> None:
    form = form_of(item("hello", "display"), item("a"), item("bye", "display"))
    assert entries(form) == [["hello", "a", "bye"]]


def test_a_form_of_text_only_has_one_page() -> None:
    assert entries(form_of(item("hello", "display"))) == [["hello"]]


def test_a_question_never_shares_a_page_with_the_one_it_waits_for() -> None:
    waiting = item("c", enableWhen=[when("a")])
    form = form_of(group("g", item("a"), item("b"), waiting, item("d")))
    assert entries(form) == [["a", "b"], ["c", "d"]]


def test_a_group_that_waits_keeps_its_questions_off_the_page_too() -> None:
    inner = group("inner", item("b"), enableWhen=[when("a")])
    assert entries(form_of(group("g", item("a"), inner))) == [["a"], ["b"]]


def test_a_long_section_is_split_at_its_groups_and_evenly() -> None:
    first = group("first", *(item(f"a{n}") for n in range(4)))
    second = group("second", *(item(f"b{n}") for n in range(10)))
    lengths = [len(page) for page in entries(form_of(group("g", first, second)))]
    assert lengths == [4, 5, 5]


def test_the_lines_of_an_address_stay_together() -> None:
    address = item("street", item=[item("city"), item("code")])
    form = form_of(group("g", *(item(f"q{n}") for n in range(7)), address))
    assert entries(form)[-1][-3:] == ["street", "city", "code"]


def test_a_repeating_group_is_a_page_of_its_own() -> None:
    drugs = group("drug", item("name"), item("dose"), repeats=True)
    form = form_of(group("g", item("a"), drugs, item("b")))
    assert entries(form) == [["a"], ["drug"], ["b"]]
    assert [len(page.questions) for page in pages(form)] == [1, 2, 1]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_question_of_a_sample_is_on_exactly_one_short_page(name: str) -> None:
    form = sample(name)
    asked = [index for page in pages(form) for index in page.questions]
    assert sorted(asked) == [one.index for one in form.questions]
    assert len(set(asked)) == len(asked)
    assert max(len(page.questions) for page in pages(form)) <= MAX_QUESTIONS


@given(forms())
def test_random_forms_page_completely_and_never_show_a_condition_beside_its_cause(
    form: CompiledForm,
) -> None:
    asked = [index for page in pages(form) for index in page.questions]
    assert sorted(asked) == list(range(len(form.items)))
    for page in pages(form):
        waits = {one.question for index in page.questions for one in form.items[index].conditions}
        assert not waits & set(page.questions)


def test_pages_appear_and_disappear_with_the_answers() -> None:
    form = form_of(item("a", "boolean"), item("b", enableWhen=[when("a", "=", answerBoolean=True)]),
                   item("c"))  # fmt: skip
    yes, no = answers(a=True), answers(a=False)
    assert [page.number for page in visible_pages(form, yes)] == [1, 2, 3]
    assert [page.number for page in visible_pages(form, no)] == [1, 3]
    assert (page_after(form, no, 1), page_before(form, no, 3)) == (pages(form)[2], pages(form)[0])
    assert page_after(form, no, 3) is None
    assert page_before(form, no, 1) is None


def test_pages_are_found_by_number_and_by_item() -> None:
    form = form_of(item("a"), group("g", item("b"), item("c")))
    assert page_numbered(form, 0) is None
    assert page_numbered(form, 3) is None
    assert page_numbered(form, 2) == page_of(form, "g") == page_of(form, "c")
    assert first_page_with(form, ["c", "a"]) == pages(form)[0]
    assert first_page_with(form, []) is None


def test_answers_in_a_row_reveal_questions_on_the_same_page_but_new_rows_do_not() -> None:
    why = item("why", enableWhen=[when("name", "=", answerString="other")])
    form = form_of(group("drug", item("name"), why, repeats=True))
    page, place = pages(form)[0], Place("drug")
    before = Answers({Place("name", (0,)): ("x",)}, {place: (0,)})
    after = before.changed({Place("name", (0,)): ("other",)})
    assert revealed(form, page, before, after) == {Place("why", (0,))}
    more = before.changed(rows={place: (0, 1)})
    assert enabled(form, more) - enabled(form, before) == {Place("name", (1,))} | {
        Place("drug")
    } - {Place("drug")}
    assert revealed(form, page, before, more) == frozenset()
