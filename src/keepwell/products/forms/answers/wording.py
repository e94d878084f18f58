"""The words of every error: what is wrong and what would be right, one table.

They follow the error message patterns of GOV.UK and NHS forms; the same words stand in the
summary and at the field. The Django layer passes them through gettext.
"""

import re
from collections.abc import Mapping

from keepwell.products.forms.compiled.items import Item, PersonMarks
from keepwell.products.forms.sentences import Sentence, gettext_noop, ngettext_noop

ERROR_WORDS: Mapping[str, str | tuple[str, str]] = {
    "born_future": gettext_noop("%(label)s must be in the past"),
    "born_missing": gettext_noop("Enter your date of birth"),
    "choice_missing": gettext_noop("Choose an answer for %(label)s"),
    "choice_unknown": gettext_noop("Choose one of the answers listed for %(label)s"),
    "control_characters": gettext_noop(
        "%(label)s holds characters that cannot be kept. Type it again without them"
    ),
    "date_early": gettext_noop("%(label)s must be %(limit)s or later"),
    "date_late": gettext_noop("%(label)s must be %(limit)s or earlier"),
    "date_missing": gettext_noop("Enter a date for %(label)s"),
    "date_part_missing": gettext_noop("%(label)s must include %(parts)s"),
    "date_unreal": gettext_noop("%(label)s must be a real date"),
    "email_shape": gettext_noop(
        "Enter an email address in the correct format, such as name@example.com"
    ),
    "email_missing": gettext_noop("Enter your email address"),
    "exclusive_choice": gettext_noop(
        "Choose either “%(option)s” or other answers for %(label)s, not both"
    ),
    "family_missing": gettext_noop("Enter your family name"),
    "file_empty": gettext_noop("The file “%(file)s” is empty. Choose another one"),
    "file_kind": gettext_noop(
        "The file “%(file)s” cannot be taken. Choose a file of one of these kinds: %(kinds)s"
    ),
    "file_large": gettext_noop("The file “%(file)s” must be smaller than %(limit)s"),
    "file_missing": gettext_noop("Choose a file for %(label)s"),
    "given_missing": gettext_noop("Enter your given name"),
    "group_missing": gettext_noop("Answer at least one question of %(label)s"),
    "name_missing": gettext_noop("Enter your name"),
    "not_asked": gettext_noop(
        "%(label)s is no longer asked because of an earlier answer. Your other answers are kept"
    ),
    "number_ambiguous": gettext_noop(
        "%(label)s can be read in two ways. Write %(first)s or %(second)s"
    ),
    "number_large": gettext_noop("%(label)s must be %(limit)s or less"),
    "number_precise": ngettext_noop(
        "%(label)s must have %(limit)s digit or none after the decimal point",
        "%(label)s must have %(limit)s digits or fewer after the decimal point",
    ),
    "number_shape": gettext_noop("%(label)s must be a number, such as 12 or 12.5"),
    "number_small": gettext_noop("%(label)s must be %(limit)s or more"),
    "other_missing": gettext_noop("Enter your own answer for %(label)s"),
    "pattern": gettext_noop("%(label)s is not in the expected form"),
    "pattern_format": gettext_noop("%(label)s must look like this: %(format)s"),
    "rows_few": gettext_noop(
        "Fill in at least %(limit)s of %(label)s. Filled in so far: %(count)s"
    ),
    "rows_many": gettext_noop(
        "Keep at most %(limit)s of %(label)s. There are %(count)s: remove those that matter least"
    ),
    "telephone_missing": gettext_noop("Enter your telephone number"),
    "telephone_shape": gettext_noop(
        "Enter a telephone number in numbers, such as 503-555-0142 or +44 808 157 0192 ext. 12"
    ),
    "text_long": ngettext_noop(
        "%(label)s must be %(limit)s character", "%(label)s must be %(limit)s characters or less"
    ),
    "text_missing": gettext_noop("Enter %(label)s"),
    "text_missing_question": gettext_noop("Answer %(label)s"),
    "text_short": ngettext_noop(
        "%(label)s must be %(limit)s character or more",
        "%(label)s must be %(limit)s characters or more",
    ),
    "time_missing": gettext_noop("%(label)s must include a time, such as 9:30 or 21:30"),
    "time_unreal": gettext_noop("%(label)s must be a real time, such as 9:30 or 21:30"),
    "too_few": ngettext_noop(
        "Give at least %(limit)s answer for %(label)s",
        "Give at least %(limit)s answers for %(label)s",
    ),
    "too_many": ngettext_noop(
        "Give only %(limit)s answer for %(label)s", "Give at most %(limit)s answers for %(label)s"
    ),
    "unit_missing": gettext_noop("Choose a unit for %(label)s"),
    "url_shape": gettext_noop("%(label)s must be a web address, such as https://www.example.org"),
    "whole_shape": gettext_noop("%(label)s must be a whole number, such as 12"),
    "year_shape": gettext_noop("%(label)s must have a year of 4 numbers"),
}

PARTS = {
    "day": gettext_noop("a day"),
    "month": gettext_noop("a month"),
    "year": gettext_noop("a year"),
    "day month": gettext_noop("a day and a month"),
    "day year": gettext_noop("a day and a year"),
    "month year": gettext_noop("a month and a year"),
}

_YOURS = {
    "born": gettext_noop("Your date of birth"),
    "email": gettext_noop("Your email address"),
    "telephone": gettext_noop("Your telephone number"),
}
_LONGEST_NOUN = 40
_ANOTHER = re.compile(
    r"(?i)\b(?:child|baby|infant|son|daughter|patient|person|pupil|resident)(?:['\u2019]s)?\b"
)


def kind_of_mark(link_id: str, marks: PersonMarks) -> str:
    """Return what a question says of the person: name, given, family, born, email, telephone."""
    if link_id in marks.name:
        names = ("name",) if len(marks.name) == 1 else ("given", "family")
        return names[min(marks.name.index(link_id), len(names) - 1)]
    for kind in ("born", "email", "telephone"):
        if link_id == getattr(marks, kind):
            return kind
    return ""


def is_about_another(item: Item) -> bool:
    """Tell whether the words ask about somebody else: a parent is not told "your date of birth"."""
    return _ANOTHER.search(item.label) is not None


def is_noun(item: Item) -> bool:
    """Tell whether a label can stand in a sentence without quotation marks."""
    return len(item.label) <= _LONGEST_NOUN and not set(item.label) & set("?!.;:")


def spoken(item: Item, marks: PersonMarks) -> Sentence | str:
    """Return an item's label as it stands in a sentence."""
    yours = _YOURS.get(kind_of_mark(item.link_id, marks))
    if yours and not is_about_another(item):
        return Sentence(yours)
    return item.label if is_noun(item) else f"“{item.label}”"


def sentence(item: Item, marks: PersonMarks, code: str, **parameters: object) -> Sentence:
    """Return the sentence for an error at an item."""
    return Sentence(ERROR_WORDS[code], {"label": spoken(item, marks), **parameters})


def missing_code(item: Item, marks: PersonMarks) -> str:
    """Return the code for a required answer that is not there."""
    kind = kind_of_mark(item.link_id, marks)
    if kind and not is_about_another(item):
        return f"{kind}_missing"
    by_type = {"attachment": "file_missing", "date": "date_missing", "dateTime": "date_missing"}
    if item.type in by_type:
        return by_type[item.type]
    if item.is_choice or item.type == "boolean":
        return "choice_missing"
    return "text_missing" if is_noun(item) else "text_missing_question"
