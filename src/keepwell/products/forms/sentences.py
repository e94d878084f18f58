"""Sentences for people, kept apart from their words' translation (pure: knows no Django)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


def gettext_noop(text: str) -> str:
    """Mark words for the message extractor and return them as they are."""
    return text


def _same(text: str) -> str:
    return text


def _nothing() -> Mapping[str, object]:
    return MappingProxyType({})


@dataclass(frozen=True)
class Sentence:
    """English words with named places, and what goes into them."""

    words: str
    parameters: Mapping[str, object] = field(default_factory=_nothing)

    def said(
        self,
        translate: Callable[[str], str] = _same,
        show: Callable[[object], str] = str,
    ) -> str:
        """Return the sentence; `translate` is gettext, `show` writes dates and numbers locally.

        A parameter that is itself a Sentence (a part of speech such as "a day") is said first.
        """
        filled = {
            name: value.said(translate, show) if isinstance(value, Sentence) else show(value)
            for name, value in self.parameters.items()
        }
        return translate(self.words) % filled

    def __str__(self) -> str:
        return self.said()
