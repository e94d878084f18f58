"""Keepwell's own texts by version. A text that changes is a new file and a new number here."""

from enum import StrEnum
from functools import cache
from importlib.resources import files

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    """What is accepted: terms by an owner for the organisation, rules by everybody who works."""

    RULES = "rules"
    TERMS = "terms"


PRESENT = {Kind.RULES: 1, Kind.TERMS: 1}
LANGUAGE = "en"  # the texts exist in the languages of our own pages
TITLES: dict[Kind, str | Promise] = {
    Kind.RULES: _("Rules of use"),
    Kind.TERMS: _("Terms of Keepwell"),
}


@cache
def text_of(kind: Kind, version: int) -> str:
    """Return a text of ours; older versions stay readable."""
    file = files("keepwell.safeguards.consent.terms").joinpath(f"{kind}.{version}.{LANGUAGE}.txt")
    return file.read_text(encoding="utf-8")
