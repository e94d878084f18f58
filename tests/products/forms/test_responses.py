"""A response leaves as a FHIR QuestionnaireResponse, nested and typed as R4 wants it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from keepwell.products.forms.answers import (
    to_response,
)
from keepwell.products.forms.compiled import CompiledForm
from keepwell.products.forms.values import (
    Answers,
    Attachment,
    Place,
)
from tests.products.forms.making import (
    extension,
    form_of,
    group,
    item,
    posted,
    spelled,
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


def test_a_response_is_nested_as_fhir_wants_it() -> None:
    form = form_of(
        group("g", item("street", item=[item("city")]), item("w", "decimal")),
        group("drug", item("name"), repeats=True),
        item("yes", "boolean"),
        item("gone", enableWhen=[when("yes", "=", answerBoolean=True)]),
        url="http://example.org/q",
        version="3",
    )
    given = Answers(
        {
            Place("city"): ("Portland",),
            Place("w"): (Decimal("1.50"),),
            Place("name", (0,)): ("aspirin",),
            Place("name", (4,)): ("other",),
            Place("gone"): ("left over",),
        },
        {Place("drug"): (0, 4)},
    )
    moment = datetime(2026, 11, 24, 9, 31, tzinfo=UTC)
    response = to_response(form, given, authored=moment, identifier="KW-7F3K-29QD")
    assert response["questionnaire"] == "http://example.org/q|3"
    assert response["identifier"] == {"value": "KW-7F3K-29QD"}
    assert response["item"] == [
        {
            "linkId": "g",
            "text": "G",
            "item": [
                {
                    "linkId": "street",
                    "text": "Street",
                    "answer": [
                        {
                            "item": [
                                {
                                    "linkId": "city",
                                    "text": "City",
                                    "answer": [{"valueString": "Portland"}],
                                }
                            ]
                        }
                    ],
                },
                {"linkId": "w", "text": "W", "answer": [{"valueDecimal": Decimal("1.50")}]},
            ],
        },
        *(
            {
                "linkId": "drug",
                "text": "Drug",
                "item": [{"linkId": "name", "text": "Name", "answer": [{"valueString": drug}]}],
            }
            for drug in ("aspirin", "other")
        ),
    ]
    assert '"valueDecimal":1.50' in spelled(response)


@pytest.mark.parametrize(
    ("one", "data", "element"),
    [
        (item("a"), {"f0": "x"}, {"valueString": "x"}),
        (item("a", "boolean"), {"f0": "no"}, {"valueBoolean": False}),
        (item("a", "integer"), {"f0": "5"}, {"valueInteger": 5}),
        (item("a", "date"), {"f0-day": "1", "f0-month": "2", "f0-year": "2003"},
         {"valueDate": "2003-02-01"}),
        (item("a", "time"), {"f0": "9:30"}, {"valueTime": "09:30:00"}),
        (item("a", "url"), {"f0": "https://example.org"}, {"valueUri": "https://example.org"}),
        (item("a", "reference"), {"f0": "x"}, {"valueReference": {"display": "x"}}),
        (item("a", "choice", answerOption=[{"valueDate": "2003-02-01"}]), {"f0": "0"},
         {"valueDate": "2003-02-01"}),
        (item("a", "choice", answerOption=[{"valueInteger": 4}]), {"f0": "0"}, {"valueInteger": 4}),
        (item("a", "choice", answerOption=SMOKING), {"f0": "1"},
         {"valueCoding": {"system": "s", "code": "never", "display": "Never"}}),
        (item("a", "quantity", extension=KG[:1]), {"f0": "7.0"},
         {"valueQuantity": {"value": Decimal("7.0"), "unit": "kg", "code": "kg"}}),
    ],
)  # fmt: skip
def test_each_type_has_its_element(
    one: dict[str, Any], data: dict[str, Any], element: dict[str, Any]
) -> None:
    form = form_of(one)
    response = to_response(form, posted(form, **data).answers, authored=datetime.now(UTC))
    assert response["item"][0]["answer"] == [element]


def files_form(**more: Any) -> CompiledForm:
    return form_of(item("a", "attachment", **more))


def test_a_file_in_a_response_is_named_by_its_digest() -> None:
    form = files_form()
    facts = Attachment("ab" * 32, "card.png", "image/png", 9)
    response = to_response(
        form, Answers({Place("a"): (facts,)}), authored=datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert response["item"][0]["answer"][0]["valueAttachment"] == {
        "contentType": "image/png",
        "size": 9,
        "title": "card.png",
        "url": "urn:keepwell:file:" + "ab" * 32,
    }
