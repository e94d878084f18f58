"""What is wrong with a definition (findings: refused) or what a page will not do (notices).

The words live in one table each; the Django layer passes them through gettext.
"""

from dataclasses import dataclass

from keepwell.products.forms.sentences import Sentence, gettext_noop

FINDING_WORDS = {
    "bad_characters": gettext_noop(
        "The file holds characters that cannot be shown or kept. Save it again as UTF-8 text."
    ),
    "behavior_unknown": gettext_noop("enableBehavior is “%(value)s”. It must be “all” or “any”."),
    "behavior_missing": gettext_noop(
        "This item has several conditions but does not say whether all or any must hold. "
        "Add enableBehavior “all” or “any”."
    ),
    "condition_answer_missing": gettext_noop(
        "The condition on “%(question)s” must have exactly one answer to compare with."
    ),
    "condition_answer_mismatch": gettext_noop(
        "The condition compares “%(question)s”, of type %(type)s, with %(answer)s. "
        "Such a question cannot have that answer."
    ),
    "condition_operator_mismatch": gettext_noop(
        "The condition on “%(question)s” uses “%(operator)s”, which cannot be used with %(answer)s."
    ),
    "condition_operator_unknown": gettext_noop(
        "The condition on “%(question)s” uses “%(operator)s”. Known are exists = != > < >= and <=."
    ),
    "condition_target_missing": gettext_noop(
        "The condition refers to the question “%(question)s”, which is not in this form."
    ),
    "condition_target_unanswerable": gettext_noop(
        "The condition refers to “%(question)s”, which is a %(type)s and never has an answer."
    ),
    "condition_loop": gettext_noop(
        "The conditions run in a circle: %(loop)s. None of these could ever be shown."
    ),
    "condition_twice": gettext_noop(
        "This item has both enableWhen and enableWhenExpression. Keep one of them."
    ),
    "display_with_items": gettext_noop(
        "Text of type “display” cannot hold other items. Make it a group."
    ),
    "duplicate_key": gettext_noop("The file names “%(key)s” twice in one object. Keep one."),
    "duplicate_link_id": gettext_noop(
        "%(count)s items share this linkId. Each item needs its own."
    ),
    "huge_number": gettext_noop("The file holds a number with too many digits."),
    "initial_twice": gettext_noop(
        "This item has both initial and initialExpression. Keep one of them."
    ),
    "limits_crossed": gettext_noop(
        "The smallest allowed value is greater than the largest, so no answer would do."
    ),
    "link_id_missing": gettext_noop("Item %(position)s has no linkId. Each item needs one."),
    "link_id_too_long": gettext_noop("This linkId is longer than %(limit)s characters."),
    "modifier_unknown": gettext_noop(
        "The modifier extension “%(url)s” changes what this form means in a way that is not "
        "known here. Remove it, or use a form without it."
    ),
    "no_items": gettext_noop("The form holds no items, so there is nothing to answer."),
    "not_a_number": gettext_noop("The file holds %(name)s, which is not a number in JSON."),
    "not_a_questionnaire": gettext_noop(
        "The file is a FHIR %(found)s. A form must be a FHIR Questionnaire."
    ),
    "not_an_object": gettext_noop(
        "The file is JSON but not a FHIR resource. A form must be a FHIR Questionnaire."
    ),
    "not_json": gettext_noop(
        "The file is not JSON: it cannot be read from line %(line)s, column %(column)s."
    ),
    "not_r4": gettext_noop(
        "“%(element)s” belongs to FHIR %(version)s. A form must be written for FHIR R4."
    ),
    "not_utf8": gettext_noop("The file is not text in UTF-8. Save it again as UTF-8."),
    "occurs_unreachable": gettext_noop(
        "At least %(least)s answers are wanted (minOccurs), but at most %(most)s can be given."
    ),
    "options_twice": gettext_noop(
        "This question has both answerOption and answerValueSet. Keep one of them."
    ),
    "option_value_missing": gettext_noop(
        "Answer %(position)s must have exactly one value: a coding, text, number, date or time."
    ),
    "page_not_at_root": gettext_noop(
        "Only a group at the outermost level can be a page. Move it out or make it a group."
    ),
    "too_deep": gettext_noop("Items are nested more than %(limit)s levels deep."),
    "too_large": gettext_noop("The file is larger than %(limit)s MB."),
    "too_many_items": gettext_noop("The form has %(count)s items. At most %(limit)s are possible."),
    "too_many_options": gettext_noop(
        "This question offers %(count)s answers. At most %(limit)s are possible."
    ),
    "too_nested": gettext_noop("The file is nested more than %(limit)s levels deep."),
    "type_missing": gettext_noop("This item has no type."),
    "type_r5": gettext_noop(
        "The type “%(type)s” belongs to FHIR R5. Use “choice” or “open-choice” for coded answers."
    ),
    "type_unknown": gettext_noop("The type “%(type)s” does not exist in FHIR R4."),
    "wrong_kind": gettext_noop("“%(element)s” must be %(expected)s."),
}

NOTICE_WORDS = {
    "appearance": gettext_noop(
        "“%(name)s” changes only how the form looks and is kept without effect."
    ),
    "calculated_left_out": gettext_noop(
        "These answers would be calculated. Calculations are not done yet, so patients do not "
        "see these items and they stay empty."
    ),
    "calculated_asked": gettext_noop(
        "These answers would be calculated. Calculations are not done yet, so the question is "
        "asked."
    ),
    "contained_unused": gettext_noop("The contained “%(name)s” is kept without effect."),
    "empty_group": gettext_noop("This group holds nothing, so patients do not see it."),
    "expression": gettext_noop("“%(name)s” is kept, but not acted upon yet."),
    "extension_unknown": gettext_noop(
        "The extension “%(name)s” is not known here and is kept without effect."
    ),
    "element_unknown": gettext_noop(
        "“%(name)s” is not an element of FHIR R4 and is kept without effect."
    ),
    "hidden_left_out": gettext_noop("Patients do not see these hidden items."),
    "no_options": gettext_noop(
        "This question has no list of answers, so patients write their own."
    ),
    "pattern_ignored": gettext_noop(
        "The pattern “%(pattern)s” cannot be checked safely and is not applied."
    ),
    "read_only_left_out": gettext_noop(
        "These items may not be changed by patients, so patients do not see them."
    ),
    "value_set_elsewhere": gettext_noop(
        "The answers are listed in “%(name)s”, which is not part of the file, so patients write "
        "their own."
    ),
}


@dataclass(frozen=True)
class Finding:
    """One reason for refusing a definition; `link_id` is empty when the whole form is meant."""

    link_id: str
    code: str
    sentence: Sentence


@dataclass(frozen=True)
class Notice:
    """Something of a definition that the pages will not do, with the items it concerns."""

    code: str
    link_ids: tuple[str, ...]
    sentence: Sentence


class DefinitionRefused(ValueError):  # noqa: N818  names the fact
    """A definition that cannot be published; holds every finding, nothing was stored."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(", ".join(sorted({finding.code for finding in findings})))
        self.findings = findings


def finding(link_id: str, code: str, **parameters: object) -> Finding:
    """Make a finding from its code."""
    return Finding(link_id, code, Sentence(FINDING_WORDS[code], parameters))


def notice(code: str, link_ids: tuple[str, ...], **parameters: object) -> Notice:
    """Make a notice from its code."""
    return Notice(code, link_ids, Sentence(NOTICE_WORDS[code], parameters))
