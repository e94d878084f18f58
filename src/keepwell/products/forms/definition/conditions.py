"""Check enableWhen: targets, operators, answers, circles (FHIR R4 que-7, que-12)."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from keepwell.products.forms.definition.findings import Finding, finding
from keepwell.products.forms.definition.structure import Found

SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/"
OPERATORS = frozenset({"exists", "=", "!=", ">", "<", ">=", "<="})
EQUALITY = frozenset({"=", "!="})
ORDERED_ANSWERS = frozenset(
    {"answerDecimal", "answerInteger", "answerDate", "answerDateTime", "answerTime"}
    | {"answerQuantity"}
)
_NUMBERS = frozenset({"answerDecimal", "answerInteger"})
_DAYS = frozenset({"answerDate", "answerDateTime"})
_OPTION_ANSWERS = frozenset(
    {"answerCoding", "answerString", "answerInteger", "answerDate", "answerTime"}
)
ANSWERS_OF_TYPE: dict[str, frozenset[str]] = {
    "boolean": frozenset({"answerBoolean"}),
    "decimal": _NUMBERS,
    "integer": _NUMBERS,
    "date": _DAYS,
    "dateTime": _DAYS,
    "time": frozenset({"answerTime"}),
    "string": frozenset({"answerString"}),
    "text": frozenset({"answerString"}),
    "url": frozenset({"answerString"}),
    "choice": _OPTION_ANSWERS,
    "open-choice": _OPTION_ANSWERS,
    "quantity": frozenset({"answerQuantity"}) | _NUMBERS,
    "reference": frozenset({"answerReference", "answerString"}),
    "attachment": frozenset(),
}
_KINDS: dict[str, type | tuple[type, ...]] = {
    "answerBoolean": bool,
    "answerDecimal": (int, Decimal),
    "answerInteger": int,
    "answerDate": str,
    "answerDateTime": str,
    "answerTime": str,
    "answerString": str,
    "answerCoding": dict,
    "answerQuantity": dict,
    "answerReference": dict,
}
_SHAPES = {
    "answerDate": re.compile(r"\d{4}(-\d\d(-\d\d)?)?", re.ASCII),
    "answerDateTime": re.compile(
        r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?)?)?", re.ASCII
    ),
    "answerTime": re.compile(r"\d\d:\d\d(:\d\d(\.\d{1,9})?)?", re.ASCII),
}


def condition_findings(items: list[Found]) -> Iterator[Finding]:
    """Say what is wrong with the conditions of all items."""
    types = {found.link_id: str(found.item.get("type")) for found in items}
    for found in items:
        conditions = found.item.get("enableWhen")
        if conditions and has_extension(found.item, SDC + "sdc-questionnaire-enableWhenExpression"):
            yield finding(found.link_id, "condition_twice")
        if isinstance(conditions, list):
            yield from _behavior(found, conditions)
            for condition in conditions:
                if isinstance(condition, dict):
                    yield from _condition(found.link_id, condition, types)
    yield from _loops(items)


def has_extension(item: dict[str, Any], url: str) -> bool:
    """Tell whether an item carries an extension."""
    extensions = item.get("extension")
    listed = extensions if isinstance(extensions, list) else []
    return any(isinstance(one, dict) and one.get("url") == url for one in listed)


def _behavior(found: Found, conditions: list[Any]) -> Iterator[Finding]:
    behavior = found.item.get("enableBehavior")
    if behavior is None and len(conditions) > 1:
        yield finding(found.link_id, "behavior_missing")
    if behavior is not None and behavior not in ("all", "any"):
        yield finding(found.link_id, "behavior_unknown", value=str(behavior)[:60])


def _condition(link_id: str, condition: dict[str, Any], types: dict[str, str]) -> Iterator[Finding]:
    target = condition.get("question")
    question = target[:60] if isinstance(target, str) else "?"
    kind = types.get(target) if isinstance(target, str) else None
    if kind is None:
        yield finding(link_id, "condition_target_missing", question=question)
    elif kind in ("group", "display"):
        yield finding(link_id, "condition_target_unanswerable", question=question, type=kind)
        kind = None
    operator = condition.get("operator")
    if operator not in OPERATORS:
        said = str(operator)[:20]
        yield finding(link_id, "condition_operator_unknown", question=question, operator=said)
        return
    yield from _answer(link_id, condition, question, kind)


def _answer(
    link_id: str, condition: dict[str, Any], question: str, kind: str | None
) -> Iterator[Finding]:
    answers = [key for key in condition if key.startswith("answer")]
    if len(answers) != 1 or not _is_answer(answers[0], condition[answers[0]]):
        yield finding(link_id, "condition_answer_missing", question=question)
        return
    answer, operator = answers[0], condition["operator"]
    if operator == "exists":
        fits = answer == "answerBoolean"
    else:
        fits = operator in EQUALITY or answer in ORDERED_ANSWERS
        if kind in ANSWERS_OF_TYPE and answer not in ANSWERS_OF_TYPE[kind]:
            yield finding(
                link_id, "condition_answer_mismatch", question=question, type=kind, answer=answer
            )
    if not fits:
        yield finding(
            link_id,
            "condition_operator_mismatch",
            question=question,
            operator=operator,
            answer=answer,
        )


def _is_answer(name: str, value: Any) -> bool:
    kind: Any = _KINDS.get(name, ())
    if not isinstance(value, kind):
        return False
    if isinstance(value, bool) and name != "answerBoolean":
        return False
    shape = _SHAPES.get(name)
    if name == "answerQuantity":
        number = value.get("value")
        return isinstance(number, int | Decimal) and not isinstance(number, bool)
    return shape is None or shape.fullmatch(value) is not None


def _loops(items: list[Found]) -> Iterator[Finding]:
    """Find circles: an item waits for its parents and for the questions of its conditions."""
    waits = {found.link_id: _waits_for(found) for found in items if found.link_id}
    finished: set[str] = set()
    for start in waits:
        loop = _loop_from(start, waits, finished)
        if loop:
            yield finding(loop[0], "condition_loop", loop=" → ".join(one[:60] for one in loop))


def _waits_for(found: Found) -> list[str]:
    conditions = found.item.get("enableWhen")
    listed = conditions if isinstance(conditions, list) else []
    targets = [one.get("question") for one in listed if isinstance(one, dict)]
    return [*found.parents[-1:], *(one for one in targets if isinstance(one, str))]


def _loop_from(start: str, waits: dict[str, list[str]], finished: set[str]) -> list[str]:
    """Walk depth first without recursion; return the first circle met, closed by its start."""
    path: dict[str, None] = {}
    todo = [(start, False)]
    while todo:
        here, is_leaving = todo.pop()
        if is_leaving:
            finished.add(path.popitem()[0])
        elif here in path:
            walked = list(path)
            loop = [*walked[walked.index(here) :], here]
            finished.update(path)
            return loop
        elif here not in finished and here in waits:
            path[here] = None
            todo.append((here, True))
            todo += [(target, False) for target in waits[here]]
    return []
