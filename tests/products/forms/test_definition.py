"""Bad definitions are refused with every reason; what pages will not do is named."""

import json
from typing import Any

import pytest

from keepwell.products.forms.definition import DefinitionRefused, parse
from keepwell.products.forms.definition.documents import encode
from keepwell.products.forms.definition.findings import FINDING_WORDS
from tests.products.forms.making import SDC, document, extension, group, item, when

CONTROL = "questionnaire-itemControl"


def control(code: str) -> dict[str, Any]:
    return extension(CONTROL, valueCodeableConcept={"coding": [{"code": code}]})


def nested(depth: int) -> dict[str, Any]:
    inner = item("deepest")
    for level in range(depth - 1):
        inner = group(f"level{level}", inner)
    return inner


def options(count: int) -> list[dict[str, Any]]:
    return [{"valueString": f"option {number}"} for number in range(count)]


BAD_FILES = [
    ("too_large", b" " * (2 * 1024 * 1024 + 1)),
    ("not_json", b"{"),
    ("not_utf8", b'{"a": "\xff"}'),
    ("bad_characters", b'{"a": "\\ud800"}'),
    ("bad_characters", b'{"a": "\\u0000"}'),
    ("not_a_number", b'{"a": NaN}'),
    ("not_a_number", b'{"a": -Infinity}'),
    ("huge_number", b'{"a": ' + b"1" * 5000 + b"}"),
    ("huge_number", b'{"a": 1e999999999}'),
    ("huge_number", b'{"a": 1e99999999999999999999999}'),
    ("duplicate_key", b'{"a": 1, "a": 2}'),
    ("too_nested", b"[" * 100_000),
    ("too_nested", b'{"a":' * 70 + b"1" + b"}" * 70),
    ("not_an_object", b"[]"),
    ("not_an_object", b'"Questionnaire"'),
    ("not_a_questionnaire", b'{"resourceType": "Patient"}'),
    ("not_a_questionnaire", b"{}"),
    ("no_items", document()),
    ("wrong_kind", b'{"resourceType": "Questionnaire", "item": {}}'),
    ("wrong_kind", b'{"resourceType": "Questionnaire", "item": ["a"]}'),
    ("not_r4", document(item("a"), versionAlgorithmString="semver")),
]

BAD_ITEMS: list[tuple[str, str, list[dict[str, Any]]]] = [
    ("too_many_items", "", [item(f"q{number}") for number in range(2001)]),
    ("too_deep", "deepest", [nested(11)]),
    ("too_many_options", "a", [item("a", "choice", answerOption=options(501))]),
    ("link_id_missing", "", [{"type": "string", "text": "x"}]),
    ("link_id_missing", "", [item("  ")]),
    ("link_id_too_long", "a" * 60, [item("a" * 256)]),
    ("duplicate_link_id", "a", [item("a"), group("g", item("a"))]),
    ("type_missing", "a", [{"linkId": "a"}]),
    ("type_unknown", "a", [item("a", "signature")]),
    ("type_r5", "a", [item("a", "coding")]),
    ("type_r5", "a", [item("a", "question")]),
    ("not_r4", "a", [item("a", answerConstraint="optionsOnly")]),
    ("not_r4", "a", [item("a", "choice", option=[])]),
    ("wrong_kind", "a", [item("a", required="yes")]),
    ("wrong_kind", "a", [{"linkId": "a", "type": "string", "text": 5}]),
    ("wrong_kind", "a", [item("a", maxLength=-1)]),
    ("wrong_kind", "a", [item("a", maxLength=True)]),
    ("wrong_kind", "a", [item("a", enableWhen=["b"])]),
    ("wrong_kind", "", [{"linkId": 5, "type": "string"}]),
    ("wrong_kind", "a", [item("a", extension=[extension("minLength", valueInteger=-1)])]),
    ("display_with_items", "a", [item("a", "display", item=[item("b")])]),
    (
        "options_twice",
        "a",
        [item("a", "choice", answerOption=options(1), answerValueSet="#set")],
    ),
    ("option_value_missing", "a", [item("a", "choice", answerOption=[{}])]),
    ("option_value_missing", "a", [item("a", "choice", answerOption=[{"valueCoding": "x"}])]),
    ("page_not_at_root", "b", [group("a", group("b", item("c"), extension=[control("page")]))]),
    ("condition_target_missing", "a", [item("a", enableWhen=[when("nowhere")])]),
    (
        "condition_target_unanswerable",
        "a",
        [group("g", item("b")), item("a", enableWhen=[when("g")])],
    ),
    ("condition_operator_unknown", "a", [item("b"), item("a", enableWhen=[when("b", "~")])]),
    (
        "condition_operator_mismatch",
        "a",
        [item("b"), item("a", enableWhen=[when("b", "exists", answerString="x")])],
    ),
    (
        "condition_operator_mismatch",
        "a",
        [item("b"), item("a", enableWhen=[when("b", ">", answerString="x")])],
    ),
    (
        "condition_answer_mismatch",
        "a",
        [item("b", "date"), item("a", enableWhen=[when("b", "=", answerInteger=3)])],
    ),
    (
        "condition_answer_missing",
        "a",
        [item("b"), item("a", enableWhen=[{"question": "b", "operator": "="}])],
    ),
    (
        "condition_answer_missing",
        "a",
        [item("b", "date"), item("a", enableWhen=[when("b", "=", answerDate="soon")])],
    ),
    ("behavior_missing", "a", [item("b"), item("a", enableWhen=[when("b"), when("b")])]),
    ("behavior_unknown", "a", [item("b"), item("a", enableWhen=[when("b")], enableBehavior="x")]),
    (
        "condition_twice",
        "a",
        [
            item("b"),
            item(
                "a",
                enableWhen=[when("b")],
                extension=[{"url": SDC + "sdc-questionnaire-enableWhenExpression"}],
            ),
        ],
    ),
    ("condition_loop", "a", [item("a", enableWhen=[when("a")])]),
    (
        "condition_loop",
        "a",
        [item("a", enableWhen=[when("b")]), item("b", enableWhen=[when("a")])],
    ),
    ("condition_loop", "g", [group("g", item("a"), enableWhen=[when("a")])]),
    (
        "initial_twice",
        "a",
        [
            item(
                "a",
                initial=[{"valueString": "x"}],
                extension=[{"url": SDC + "sdc-questionnaire-initialExpression"}],
            )
        ],
    ),
    ("modifier_unknown", "a", [item("a", modifierExtension=[{"url": "http://example.org/not"}])]),
    (
        "modifier_unknown",
        "a",
        [item("a", code=[{"code": "x", "modifierExtension": [{"url": "http://example.org/n"}]}])],
    ),
    (
        "occurs_unreachable",
        "a",
        [
            item(
                "a",
                repeats=True,
                extension=[
                    extension("questionnaire-minOccurs", valueInteger=3),
                    extension("questionnaire-maxOccurs", valueInteger=2),
                ],
            )
        ],
    ),
    (
        "limits_crossed",
        "a",
        [
            item(
                "a",
                "integer",
                extension=[extension("minValue", valueInteger=9),
                           extension("maxValue", valueInteger=3)],
            )
        ],
    ),
]  # fmt: skip


def findings(raw: bytes) -> list[tuple[str, str]]:
    with pytest.raises(DefinitionRefused) as refused:
        parse(raw)
    for found in refused.value.findings:
        assert "%(" not in str(found.sentence)
        assert str(found.sentence)
    return [(found.code, found.link_id) for found in refused.value.findings]


@pytest.mark.parametrize(("code", "raw"), BAD_FILES)
def test_a_bad_file_is_refused_with_its_reason(code: str, raw: bytes) -> None:
    assert code in [found for found, _ in findings(raw)]


@pytest.mark.parametrize(("code", "link_id", "items"), BAD_ITEMS)
def test_a_bad_item_is_refused_by_name(
    code: str, link_id: str, items: list[dict[str, Any]]
) -> None:
    assert (code, link_id) in findings(document(*items))


def test_every_finding_has_a_test() -> None:
    tested = {code for code, _ in BAD_FILES} | {code for code, _, _ in BAD_ITEMS}
    assert tested == set(FINDING_WORDS)


def test_all_findings_are_reported_at_once() -> None:
    raw = document(item("a", "coding"), item("b", enableWhen=[when("z")]), item("c"), item("c"))
    assert findings(raw) == [
        ("duplicate_link_id", "c"),
        ("type_r5", "a"),
        ("condition_target_missing", "b"),
    ]


def test_a_circle_names_its_way() -> None:
    circle = [
        item("a", enableWhen=[when("b")]),
        item("b", enableWhen=[when("c")]),
        item("c", enableWhen=[when("a")]),
    ]
    with pytest.raises(DefinitionRefused) as refused:
        parse(document(*circle))
    assert [str(found.sentence) for found in refused.value.findings] == [
        "The conditions run in a circle: a → b → c → a. None of these could ever be shown."
    ]


def test_ten_levels_and_two_thousand_items_are_accepted() -> None:
    parse(document(nested(10)))
    parse(document(*(item(f"q{number}") for number in range(2000))))


def test_canonical_bytes_do_not_depend_on_order_or_spaces_but_keep_digits() -> None:
    one = b'{"resourceType":"Questionnaire", "item":[{"type":"decimal","linkId":"a"}]}'
    two = b'{"item":[{"linkId":"a","type":"decimal"}],\n"resourceType":"Questionnaire"}'
    assert parse(one).sha256 == parse(two).sha256
    weight = item("a", "decimal", initial=[{"valueDecimal": 1}])
    raw = document(weight).replace(b": 1}", b": 1.50}")
    assert b'"valueDecimal":1.50' in parse(raw).canonical


def test_canonical_bytes_are_read_back_to_themselves() -> None:
    definition = parse(document(item("é", text="naïve “quoted” \n text")))
    assert parse(definition.canonical).canonical == definition.canonical
    assert json.loads(definition.canonical) == definition.document


def test_floats_have_no_place_in_a_document() -> None:
    with pytest.raises(TypeError):
        encode({"a": 1.5})


def test_what_is_not_acted_upon_is_named_with_its_items() -> None:
    definition = parse(
        document(
            item("a", extension=[{"url": FHIR_VARIABLE}, {"url": "http://example.org/mine"}]),
            item("b", extension=[extension("rendering-style", valueString="color:red")]),
            item("c", colour="red"),
            contained=[{"resourceType": "Library", "id": "lib"}],
        )
    )
    named = {
        (one.code, one.sentence.parameters["name"]): one.link_ids for one in definition.notices
    }
    assert named == {
        ("expression", "variable"): ("a",),
        ("extension_unknown", "mine"): ("a",),
        ("appearance", "rendering-style"): ("b",),
        ("element_unknown", "colour"): ("c",),
        ("contained_unused", "Library/lib"): (),
    }


FHIR_VARIABLE = "http://hl7.org/fhir/StructureDefinition/variable"
