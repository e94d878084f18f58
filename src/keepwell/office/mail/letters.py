"""A letter is declared once: what it is for, its subject, its words, and how long it is of use.

Words are told a handful of plain facts by name (`FACTS`), never rows: whoever writes a template can
reach nothing else, and so nothing of a patient. The HTML part is made from the plain one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Fact = str | int
# name: of the account's person; address: of a page; organisation: its name; minutes, hours: how
# long a link works; checkpoint: the signed head of a trail (hashes, a number, a time); moment,
# device, network: when, with which browser and from where somebody signed in; alert: what a rule
# is called; waiting: how many things wait, each with the address of a page; stop: where a letter
# that nobody has to get is stopped; days: for how many a device is trusted.
FACTS = frozenset(
    {
        "address",
        "alert",
        "checkpoint",
        "days",
        "device",
        "hours",
        "minutes",
        "moment",
        "name",
        "network",
        "organisation",
        "stop",
        "waiting",
    }
)


class FactRefused(TypeError):  # noqa: N818  names the fact
    """A letter was to be told something that letters are not told."""


class Need(StrEnum):
    """Why a letter is sent; one that was CHOSEN is sent to nobody else and can be stopped."""

    ACCOUNT = "account"
    ASKED = "asked"
    CHOSEN = "chosen"
    DUTY = "duty"

    @property
    def why(self) -> Promise:
        """Say it to whoever gets such letters."""
        return _WHY[self]


_WHY: dict[Need, Promise] = {
    Need.ACCOUNT: _("So that you notice at once when somebody else gets into your account."),
    Need.ASKED: _(
        "Because you or a colleague asked for something: it is the answer or the way on."
    ),
    Need.CHOSEN: _("Only because you chose it."),
    Need.DUTY: _("Because you answer for something that cannot wait until you sign in."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One kind of mail; `example` is what its preview is told.

    `offer` is the version of the words in which a letter that can be chosen is offered.
    """

    code: str
    need: Need
    title: str | Promise
    subject: str | Promise
    template: str
    example: Mapping[str, Fact] = field(default_factory=dict)
    lasts: timedelta | None = None
    offer: int = 1

    @property
    def is_optional(self) -> bool:
        """Tell whether nobody gets it who did not choose it."""
        return self.need is Need.CHOSEN


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; one that is nothing but a fact (an address, a checkpoint) is no language."""

    text: str
    is_address: bool
    is_fact: bool


@dataclass(frozen=True, slots=True)
class Composed:
    """A letter in one language, ready to be sent or shown."""

    subject: str
    text: str
    html: str
    paragraphs: tuple[Paragraph, ...]


_letters: dict[str, Letter] = {}


def declare(letter: Letter) -> Letter:
    """Make a letter known, for the previews and for the test that looks into all of them."""
    _letters[letter.code] = letter
    return letter


def letters() -> tuple[Letter, ...]:
    """Return every letter, by code."""
    return tuple(_letters[code] for code in sorted(_letters))


def letter_of(code: str) -> Letter | None:
    """Return the letter of this code."""
    return _letters.get(code)


def compose(letter: Letter, facts: Mapping[str, Fact]) -> Composed:
    """Return a letter in the language that is active.

    Raises FactRefused; also for one that can be stopped and does not say where, or the reverse.
    """
    if ("stop" in facts) is not letter.is_optional:
        raise FactRefused("stop")
    for name, fact in facts.items():
        if name not in FACTS or type(fact) not in (str, int):
            raise FactRefused(name)
    text = render_to_string(letter.template, dict(facts)).strip() + "\n"
    parts = [part.strip() for part in re.split(r"\n\s*\n", text.strip())]
    paragraphs = tuple(_paragraph(part, facts) for part in parts)
    subject = str(letter.subject)
    context = {"subject": subject, "paragraphs": paragraphs}
    html = render_to_string("office/mail/letter.html", context)
    return Composed(subject, text, html, paragraphs)


def _paragraph(text: str, facts: Mapping[str, Fact]) -> Paragraph:
    is_fact = any(text in str(fact) for fact in facts.values())
    return Paragraph(text, bool(re.fullmatch(r"https://\S+", text)), is_fact)
