"""Guess which questions name the person: from codes first, then from words.

Only a proposal; the author of the form decides before it is published.
"""

import re
from collections.abc import Iterable, Sequence

from keepwell.products.forms.compiled.items import Item, ItemType, PersonMarks

_TEXTS = frozenset({ItemType.STRING, ItemType.TEXT})
# LOINC and SNOMED CT codes, and the FHIR elements a question may say it stands for.
_CODES = {
    "full": {"54125-0", "371484003"},
    "given": {"45392-8", "184095009"},
    "family": {"45394-4", "184096005"},
    "born": {"21112-8", "184099003"},
    "email": {"76458-9", "424966008"},
    "telephone": {"42077-8", "359993007", "428481002"},
}
_ELEMENTS = {
    "full": ("Patient.name", "Patient.name.text"),
    "given": ("Patient.name.given",),
    "family": ("Patient.name.family",),
    "born": ("Patient.birthDate",),
}
_WORDS = {
    "full": r"(?:(?:what is )?(?:your |patient(?:'?s)? )?(?:full )?name)",
    "given": r"(?:(?:your )?(?:first|given) names?(?:\(s\))?|forename)",
    "family": r"(?:(?:your )?(?:last|family) name|surname|family/surname)",
    "born": r"(?:.*\b(?:date of birth|birth ?date|dob|born)\b.*)",
    "email": r"(?:.*\be-?mail\b.*)",
    "telephone": r"(?:.*\b(?:phone|telephone|mobile|cell)\b.*)",
}
_WORDS_OF = {kind: re.compile(pattern) for kind, pattern in _WORDS.items()}
# A section or question about somebody else.
_OTHERS = re.compile(
    r"\b(?:contacts?|emergency|kin|referr\w*|doctor|physician|provider|practitioner|gp|parent|"
    r"guardian|carer|spouse|partner|relative|relationship|child|baby|mother|father|employer|"
    r"pharmacy|insur\w*|consultant|alternate|preferred|previous|maiden)\b"
)


def guess_marks(items: Sequence[Item]) -> PersonMarks:
    """Return the first fitting questions of the form, those about others left aside."""
    questions = [one for one in items if one.is_question and not one.options]
    texts = [one for one in questions if one.type in _TEXTS and not _is_about_others(one, items)]
    dates = [
        one for one in questions
        if one.type is ItemType.DATE and not _is_about_others(one, items)
    ]  # fmt: skip
    return PersonMarks(
        name=_name(texts),
        born=_first("born", dates),
        email=_first("email", texts),
        telephone=_first("telephone", texts),
    )


def _name(texts: list[Item]) -> tuple[str, ...]:
    parts = tuple(filter(None, (_first("given", texts), _first("family", texts))))
    full = _first("full", texts)
    return parts if len(parts) == 2 else tuple(filter(None, (full or "".join(parts),)))


def _first(kind: str, questions: Iterable[Item]) -> str:
    listed = list(questions)
    by_code = (one.link_id for one in listed if _is_coded(kind, one))
    by_words = (one.link_id for one in listed if _is_worded(kind, one))
    return next(by_code, next(by_words, ""))


def _is_coded(kind: str, item: Item) -> bool:
    if any(code.code in _CODES[kind] for code in item.codes):
        return True
    return item.definition.partition("#")[2] in _ELEMENTS.get(kind, ())


def _is_worded(kind: str, item: Item) -> bool:
    pattern = _WORDS_OF[kind]
    return any(pattern.fullmatch(words) for words in (_words(item.label), _words(item.link_id)))


def _words(text: str) -> str:
    spaced = re.sub(r"[_\-.]+", " ", text.replace("e-mail", "email")).lower()
    return " ".join(spaced.split()).strip(" ?:*#")


def _is_about_others(item: Item, items: Sequence[Item]) -> bool:
    texts = [item.label, item.link_id]
    parent = item.parent
    while parent is not None:
        texts += [items[parent].text, items[parent].link_id]
        parent = items[parent].parent
    return any(_OTHERS.search(_words(text)) for text in texts)
