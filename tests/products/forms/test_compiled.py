"""A definition becomes a flat form: real samples, options, limits, hints, marks, plain words."""

from typing import Any

import pytest

from keepwell.products.forms.compiled import ItemType, PersonMarks
from keepwell.products.forms.values import Coding
from tests.products.forms.making import SDC, document, extension, form_of, group, item, sample

XHTML = "rendering-xhtml"


def formatted(link_id: str, text: str, markup: str, kind: str = "string") -> dict[str, Any]:
    styled = {"extension": [extension(XHTML, valueString=markup)]}
    return item(link_id, kind, text=text) | {"text": text, "_text": styled}


def test_the_cardiology_form_has_142_items_and_its_person() -> None:
    form = sample("hl7sdc__CardiologyForm")
    assert len(form.items) == 142
    assert form.marks == PersonMarks(
        name=("patient_firstname", "patient_surname"),
        born="patient_date_of_birth",
        email="patient_email",
        telephone="patient_phone_mobile",
    )
    assert [one.code for one in form.notices if one.code.startswith("calculated")] == [
        "calculated_left_out"
    ]


def test_the_risk_form_keeps_its_calculated_result_from_patients_and_says_so() -> None:
    form = sample("smartforms__CVD-Risk-2023")
    left_out = next(one for one in form.notices if one.code == "calculated_left_out")
    result = form.item(left_out.link_ids[0])
    assert result.read_only
    assert result.index not in form.asked
    gender = next(one for one in form.items if one.text == "Gender")
    assert [option.label for option in gender.options] == ["Male", "Female", "Other", "Unknown"]


def test_the_template_form_names_the_value_set_it_lacks() -> None:
    form = sample("hl7sdc__extract-complex-template")
    assert len(form.items) == 16
    elsewhere = [one.link_ids for one in form.notices if one.code == "value_set_elsewhere"]
    assert elsewhere == [("relationship",)]
    assert form.item("given").groups == (form.by_link_id["name"],)


def test_every_item_comes_after_what_it_waits_for() -> None:
    form = sample("hl7sdc__CardiologyForm")
    place = {index: number for number, index in enumerate(form.order)}
    assert sorted(place) == list(range(142))
    for one in form.items:
        assert one.parent is None or place[one.parent] < place[one.index]
        assert all(place[condition.question] < place[one.index] for condition in one.conditions)


def test_options_come_from_the_item_or_a_contained_value_set() -> None:
    composed = {
        "resourceType": "ValueSet",
        "id": "set",
        "compose": {"include": [{"system": "s", "concept": [{"code": "x", "display": "Ex"}]}]},
    }
    expanded = {
        "resourceType": "ValueSet",
        "id": "tree",
        "expansion": {
            "contains": [
                {"abstract": True, "code": "top", "contains": [{"code": "in", "system": "s"}]},
                {"code": "out", "system": "s", "display": "Out"},
            ]
        },
    }
    none = extension("questionnaire-optionExclusive", valueBoolean=True)
    letter = extension("questionnaire-optionPrefix", valueString="a)")
    form = form_of(
        item("a", "choice", answerValueSet="#set"),
        item("b", "choice", answerValueSet="#tree"),
        item(
            "c",
            "choice",
            answerOption=[
                {"valueString": "one", "extension": [letter]},
                {"valueInteger": 2},
                {"valueCoding": {"code": "none"}, "extension": [none]},
            ],
        ),
        contained=[composed, expanded],
    )
    assert [one.value for one in form.item("a").options] == [Coding("x", "s", "Ex")]
    assert [one.label for one in form.item("b").options] == ["in", "Out"]
    facts = [(one.kind, one.label, one.prefix, one.is_exclusive) for one in form.item("c").options]
    assert facts == [
        ("valueString", "one", "a)", False),
        ("valueInteger", "2", "", False),
        ("valueCoding", "none", "", True),
    ]


def test_a_choice_without_any_list_is_named() -> None:
    form = form_of(item("a", "choice"))
    assert [one.code for one in form.notices] == ["no_options"]


@pytest.mark.parametrize(
    "markup",
    [
        "<script>alert(1)</script>Name",
        "<style>p{}</style><b onclick='x()'>Name</b>",
        "<svg><script>x</script></svg>Name",
        "<a href='javascript:x()'>Name</a><!-- -->",
        "&#78;ame<br/>",
    ],
)
def test_formatted_text_leaves_words_only(markup: str) -> None:
    form = form_of(formatted("a", "Name", markup))
    assert (form.item("a").text, form.item("a").hint) == ("Name", "")


def test_formatted_text_may_not_say_something_else() -> None:
    form = form_of(formatted("a", "Do you smoke?", "<b>Do you agree?</b>"))
    assert form.item("a").text == "Do you smoke?"


def test_lines_below_the_first_become_the_hint() -> None:
    form = form_of(
        formatted("a", "Services Select all", "<b>Services</b><br/><i>Select&#160;all</i>"),
        item("b", text="First\nsecond   line"),
    )
    assert (form.item("a").text, form.item("a").hint) == ("Services", "Select all")
    assert (form.item("b").text, form.item("b").hint) == ("First", "second line")


def test_an_unsafe_pattern_is_left_out_and_named() -> None:
    safe = item("a", extension=[extension("regex", valueString="[0-9]+")])
    unsafe = item("b", extension=[extension("regex", valueString=r"(a)\1")])
    form = form_of(safe, unsafe)
    assert form.item("a").limits.pattern is not None
    assert form.item("b").limits.pattern is None
    assert [(one.code, one.link_ids) for one in form.notices] == [("pattern_ignored", ("b",))]


def test_hidden_and_read_only_items_are_kept_from_patients_and_named() -> None:
    hidden = extension("questionnaire-hidden", valueBoolean=True)
    form = form_of(
        group("g", item("a"), extension=[hidden]),
        item("b", readOnly=True),
        item("c", extension=[{"url": SDC + "sdc-questionnaire-calculatedExpression"}]),
        group("empty"),
    )
    assert {form.items[index].link_id for index in form.asked} == {"c", "empty"}
    assert {one.code: one.link_ids for one in form.notices} == {
        "hidden_left_out": ("g",),
        "read_only_left_out": ("b",),
        "calculated_asked": ("c",),
        "empty_group": ("empty",),
    }


def test_marks_prefer_codes_and_leave_other_people_aside() -> None:
    form = form_of(
        group("emergency contact", item("x1", text="Name"), item("x2", text="Phone")),
        item("x3", text="Nickname"),
        item("x4", text="What is your full name?"),
        item("x5", "date", code=[{"system": "http://loinc.org", "code": "21112-8"}]),
        item("x6", text="Your e-mail"),
        item("x7", text="Doctor's telephone"),
        item("x8", text="Mobile phone"),
    )
    assert form.marks == PersonMarks(("x4",), "x5", "x6", "x8")


def test_all_item_types_compile() -> None:
    kinds = [kind for kind in ItemType if kind is not ItemType.GROUP]
    form = form_of(group("g"), *(item(str(kind), str(kind)) for kind in kinds))
    assert {one.type for one in form.items} == set(ItemType)


def test_two_thousand_items_with_conditions_compile() -> None:
    chain = [item("q0", "boolean")]
    chain += [
        item(f"q{n}", "boolean", enableWhen=[{"question": f"q{n - 1}", "operator": "=",
                                              "answerBoolean": True}])
        for n in range(1, 2000)
    ]  # fmt: skip
    assert len(form_of(*chain).order) == 2000
    assert len(document(*chain)) < 2 * 1024 * 1024
