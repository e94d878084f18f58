"""What patients see: headings, labels, hints, errors, rows, answers; HTML without script."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.translation import override

from keepwell.products.forms.answers import Upload, check_all
from keepwell.products.forms.compiled import CompiledForm, ItemType
from keepwell.products.forms.paging import pages
from keepwell.products.forms.rendering import PageView, Ways, check_view, page_view
from keepwell.products.forms.values import Answers, Coding, Place, Quantity
from keepwell.safeguards.tenancy.models import Organisation
from tests.pages import with_plain_static_files
from tests.products.forms.making import (
    answers,
    extension,
    form_of,
    group,
    item,
    posted,
    sample,
    setting,
    when,
)

WAYS = Ways("/start/", "/check/", "/send/", "/leave/", lambda number: f"/page/{number}/")
FRAMED = Ways(
    "/start/", "/check/", "/send/", "/leave/", lambda number: f"/page/{number}/", "h4ndle"
)
TWO = [{"valueString": "One"}, {"valueString": "Two"}]
SAMPLES = [
    "hl7sdc__CardiologyForm",
    "hl7sdc__extract-complex-template",
    "smartforms__CVD-Risk-2023",
]


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Any, tmp_path: Path) -> None:
    with_plain_static_files(settings, tmp_path)


class Outline(HTMLParser):
    """Collect ids, references to ids, controls and text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.needed: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        self.ids += [found["id"] or ""] if "id" in found else []
        for name in ("aria-describedby", "aria-labelledby", "for"):
            self.needed += (found.get(name) or "").split()
        href = found.get("href") or ""
        self.needed += [href[1:]] if href.startswith("#") else []


def html(template: str, ways: Ways = WAYS, **context: Any) -> str:
    organisation = Organisation(name="Riverside Clinic", telephone="503-555-0142")
    request = RequestFactory().get("/f/x/")
    context = {"organisation": organisation, "ways": ways, **context}
    return render_to_string(f"forms/patient/{template}.html", context, request=request)


def outline(text: str) -> Outline:
    parser = Outline()
    parser.feed(text)
    return parser


def view_of(
    form: CompiledForm, number: int = 1, given: Answers | None = None, **more: Any
) -> PageView:
    page = pages(form)[number - 1]
    return page_view(form, page, given or Answers(), setting=setting(form), **more)


def page_of(form: CompiledForm, number: int = 1, ways: Ways = WAYS, **more: Any) -> str:
    return html("page", ways, form=form, view=view_of(form, number, **more))


def question(form: CompiledForm, **more: Any) -> Any:
    return next(node.question for node in view_of(form, **more).nodes if node.question)


def everything() -> CompiledForm:
    kinds = [kind for kind in ItemType if kind not in (ItemType.GROUP, ItemType.DISPLAY)]
    one = (item(f"one {kind}", str(kind), required=True) for kind in kinds)
    many = (item(f"many {kind}", str(kind), repeats=True) for kind in kinds)
    choices = [
        item(
            f"{kind} {count}", kind, repeats=count > 1, answerOption=TWO * 10 if count > 5 else TWO
        )
        for kind in ("choice", "open-choice")
        for count in (1, 2, 9)
    ]
    rows = group("rows", item("row"), group("inner", item("in"), repeats=True), repeats=True)
    return form_of(group("a", *one), group("b", *many), group("c", *choices), rows)


def check_whole(text: str) -> None:
    """Fail when a page names ids it has not, has one twice, or brings script or style along."""
    found = outline(text)
    assert len(found.ids) == len(set(found.ids))
    assert "" not in found.ids
    assert set(found.needed) <= set(found.ids)
    assert not any(tag in ("script", "style") for tag, _ in found.tags)
    assert not any(
        name.startswith("on") or name == "style" for _, had in found.tags for name in had
    )
    assert sum(tag == "h1" for tag, _ in found.tags) == 1


@pytest.mark.parametrize("ways", [WAYS, FRAMED], ids=["own site", "embedded"])
def test_every_kind_of_question_is_whole_with_and_without_errors(ways: Ways) -> None:
    form = everything()
    for page in pages(form):
        check_whole(page_of(form, page.number, ways))
        wrong = posted(form, page.number)
        check_whole(page_of(form, page.number, ways, raw=wrong.raw, errors=wrong.errors))


@pytest.mark.parametrize("name", SAMPLES)
def test_every_page_of_a_sample_is_whole(name: str) -> None:
    form = sample(name)
    for page in pages(form):
        check_whole(page_of(form, page.number))
    errors = check_all(form, Answers(), setting(form))
    check_whole(html("check", form=form, view=check_view(form, Answers(), errors)))


def test_a_question_alone_is_the_heading_of_its_page() -> None:
    form = form_of(item("a", text="How are you?"), group("g", item("b"), item("c"), text="More"))
    assert '<h1><label for="f0">How are you?' in page_of(form)
    assert view_of(form).heading == "How are you?"
    assert view_of(form, 2).heading == "More"
    assert "<h1>More</h1>" in page_of(form, 2)


def test_every_control_has_a_label_and_every_question_its_typed_text() -> None:
    form = form_of(item("a"), item("b", "date"))
    text = page_of(form, raw={"f0": ['<b>"x"</b>']})
    assert 'value="&lt;b&gt;&quot;x&quot;&lt;/b&gt;"' in text
    dated = page_of(form, 2, raw={"f1-day": ["31"], "f1-month": ["x"]})
    assert re.search(r'id="f1-day" name="f1-day" value="31"', dated)
    assert re.search(r'id="f1-month" name="f1-month" value="x"', dated)


def test_an_error_reads_the_same_in_the_summary_and_at_the_question() -> None:
    form = form_of(item("dob", "date", required=True))
    wrong = posted(form)
    text = page_of(form, raw=wrong.raw, errors=wrong.errors)
    assert text.count("Enter your date of birth") == 2
    assert 'href="#f0-month"' in text  # the first box of an American date
    assert "<title>Error:" in text


def test_a_persons_own_facts_can_be_filled_in_by_the_device() -> None:
    form = form_of(
        group("g", item("given name"), item("surname"), item("dob", "date"), item("email"),
              item("phone"))
    )  # fmt: skip
    text = page_of(form)
    for token in (
        "given-name",
        "family-name",
        "bday-day",
        "bday-month",
        "bday-year",
        "email",
        "tel",
    ):
        assert f'autocomplete="{token}"' in text
    assert 'type="email"' in text
    assert 'type="tel"' in text


def test_enter_continues_and_never_removes() -> None:
    form = form_of(group("drug", item("name"), repeats=True))
    text = page_of(form, given=Answers(rows={Place("drug"): (0, 4)}))
    buttons = [had for tag, had in outline(text).tags if tag == "button"]
    assert [had["value"] for had in buttons] == [
        "continue", "remove:f0:0", "remove:f0:4", "add:f0", "continue",
    ]  # fmt: skip
    assert [had["value"] for tag, had in outline(text).tags if had.get("name") == "f0-rows"] == [
        "0", "4",
    ]  # fmt: skip


def test_a_single_box_whose_words_are_the_question_says_them_once() -> None:
    form = form_of(group("g", item("a", repeats=True, text="Agreed:", answerOption=[
        {"valueString": "Agreed"}]), item("b")))  # fmt: skip
    assert question(form).hides_label
    assert question(form).is_many


def test_long_lists_become_menus_and_short_ones_rows() -> None:
    long = [{"valueString": f"Town {number}"} for number in range(16)]
    menu = extension("questionnaire-itemControl", valueCodeableConcept={
        "coding": [{"code": "drop-down"}]})  # fmt: skip
    kinds = [
        question(form_of(one)).kind
        for one in (
            item("a", "choice", answerOption=long),
            item("a", "choice", answerOption=TWO, extension=[menu]),
            item("a", "choice", answerOption=TWO),
            item("a", "choice", answerOption=long, repeats=True),
        )
    ]
    assert kinds == ["select", "select", "choices", "choices"]


def test_helps_prompts_and_units_stand_with_their_question() -> None:
    def control(code: str) -> dict[str, Any]:
        concept = {"coding": [{"code": code}]}
        return extension("questionnaire-itemControl", valueCodeableConcept=concept)

    form = form_of(
        item("a", "decimal", item=[
            item("h", "display", text="Lying down", extension=[control("help")]),
            item("u", "display", text="mm Hg", extension=[control("unit")]),
            item("n", "display", text="Only sometimes", enableWhen=[when("a")]),
        ])
    )  # fmt: skip
    assert question(form).hints == ("Lying down",)
    assert question(form).unit == "mm Hg"
    assert question(form, given=answers(a=Decimal(3))).hints == ("Lying down", "Only sometimes")


def test_a_refused_file_is_still_named_after_a_redirect() -> None:
    form = form_of(item("a", "attachment", repeats=True, required=True))
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 50
    first = posted(
        form, files={"f0": [Upload("card.png", png), Upload("scan.docx", b"PK\x03\x04")]}
    )
    again = posted(form, before=first.answers, **first.raw)  # type: ignore[arg-type]  # any fields
    assert [error.code for error in again.errors] == ["file_kind"]
    assert again.answers == first.answers
    text = page_of(form, given=again.answers, raw=again.raw, errors=again.errors)
    assert "scan.docx" in text
    assert "card.png" in text


def test_headings_of_inner_groups_come_before_their_questions() -> None:
    form = form_of(group("g", item("a"), group("inner", item("b"), text="Inner"), text="Outer"))
    view = view_of(form)
    assert view.heading == "Outer"
    assert [node.text.lines if node.text else "question" for node in view.nodes] == [
        "question", ("Inner",), "question",
    ]  # fmt: skip


def test_who_came_back_to_change_one_page_may_go_straight_to_the_check() -> None:
    form = form_of(item("a", required=True), item("b"), item("c"))
    assert not view_of(form).may_check
    assert view_of(form, given=answers(a="x", c="z")).may_check
    assert view_of(form, given=answers(c="z")).may_check
    assert not view_of(form, 2, given=answers(c="z")).may_check


def test_an_embedded_form_carries_its_handle_in_fields_only() -> None:
    form = form_of(item("a"), item("b"))
    text = page_of(form, 2, FRAMED)
    assert 'name="handle" value="h4ndle"' in text
    assert 'value="show"' in text
    assert "/page/1/" in text
    links = [had["href"] for tag, had in outline(text).tags if tag == "a"]
    assert all(not (href or "").startswith("/") for href in links)
    assert not any("h4ndle" in (had.get("action") or "") for _, had in outline(text).tags)


def test_the_check_page_shows_answers_in_words_with_a_way_to_each() -> None:
    form = form_of(
        item("dob", "date", text="Born"),
        item("yes", "boolean"),
        group("g", item("w", "quantity"), item("d", "decimal"), item("none"), text="Body"),
        item("c", "choice", answerOption=[{"valueCoding": {"code": "x", "display": "Ex"}}] * 2),
        group("drug", item("name"), repeats=True),
    )
    given = Answers(
        {
            Place("dob"): ("1951-03-09",),
            Place("yes"): (False,),
            Place("w"): (Quantity(Decimal("70.50"), "kg"),),
            Place("d"): (Decimal("0.10"),),
            Place("c"): (Coding("x", "", "Ex"),),
            Place("name", (0,)): ("aspirin",),
            Place("name", (7,)): ("other",),
        },
        {Place("drug"): (0, 7)},
    )
    view = check_view(form, given)
    rows = {row.label: (row.values, row.page) for one in view.sections for row in one.rows}
    assert rows == {
        "Born": (("March 9, 1951",), 1),
        "Yes": (("No",), 2),
        "W": (("70.50 kg",), 3),
        "D": (("0.10",), 3),
        "None": ((), 3),
        "C": (("Ex",), 4),
        "Drug 1: Name": (("aspirin",), 5),
        "Drug 2: Name": (("other",), 5),
    }
    text = html("check", form=form, view=view)
    assert 'href="/page/1/#f0-day"' in text
    assert "Not answered" in text
    assert "Send to Riverside Clinic" in text


def test_what_is_not_asked_is_not_on_the_check_page() -> None:
    form = form_of(item("a", "boolean"), item("b", enableWhen=[when("a", "=", answerBoolean=True)]))
    given = answers(a=False, b="left over")
    labels = [row.label for one in check_view(form, given).sections for row in one.rows]
    assert labels == ["A"]


def test_dates_and_numbers_follow_the_language() -> None:
    form = form_of(item("dob", "date"), item("d", "decimal"))
    given = answers(dob="1951-03-09", d=Decimal("0.10"))
    with override("fr"):
        view = check_view(form, given)
        order = [one.id for one in question(form).lines[0].parts]
    values = [row.values for one in view.sections for row in one.rows]
    assert values == [("9 mars 1951",), ("0,10",)]
    assert order == ["f0-day", "f0-month", "f0-year"]


@pytest.mark.parametrize("template", ["start", "continue", "leave", "left", "done", "help"])
@pytest.mark.parametrize("ways", [WAYS, FRAMED], ids=["own site", "embedded"])
def test_the_pages_around_the_questions_are_whole(template: str, ways: Ways) -> None:
    form = form_of(item("a"), title="Intake", description="Line one\n<b>two</b>")
    context: dict[str, Any] = {
        "form": form,
        "resume": "/page/1/",
        "reference": "KW-7F3K-29QD",
        "arrived": datetime(2026, 11, 24, 9, 31, tzinfo=UTC),
        "is_known": True,
    }
    text = html(template, ways, **context)
    check_whole(text)
    assert "Riverside Clinic" in text
    assert "503-555-0142" in text
    assert "<b>two" not in text


def test_a_link_that_never_was_names_no_clinic() -> None:
    text = html("help", organisation=None, is_known=False)
    check_whole(text)
    assert "Riverside" not in text
