"""Sentences for people, kept apart from their words' translation (pure: knows no Django)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


def gettext_noop(text: str) -> str:
    """Mark words for the message extractor and return them as they are."""
    return text


def ngettext_noop(one: str, more: str) -> tuple[str, str]:
    """Mark words for one and for more, and return them as they are."""
    return one, more


def _same(text: str) -> str:
    return text


def _either(one: str, more: str, count: int) -> str:
    return one if count == 1 else more


def _nothing() -> Mapping[str, object]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Sentence:
    """English words with named places, and what goes into them.

    Where the words depend on a number there are two, for one and for more; `counted` names it.
    """

    words: str | tuple[str, str]
    parameters: Mapping[str, object] = field(default_factory=_nothing)
    counted: str = "limit"

    def said(
        self,
        translate: Callable[[str], str] = _same,
        show: Callable[[object], str] = str,
        choose: Callable[[str, str, int], str] = _either,
    ) -> str:
        """Return the sentence; `translate` is gettext and `choose` ngettext.

        `show` writes dates and numbers locally. A parameter that is itself a Sentence (a part of
        speech such as "a day") is said first.
        """
        filled = {
            name: value.said(translate, show) if isinstance(value, Sentence) else show(value)
            for name, value in self.parameters.items()
        }
        if isinstance(self.words, str):
            return translate(self.words) % filled
        return choose(*self.words, int(str(self.parameters[self.counted]))) % filled

    def __str__(self) -> str:
        return self.said()
