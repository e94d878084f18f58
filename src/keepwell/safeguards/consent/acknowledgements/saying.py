"""What a patient can say when asked whether the notice was received, and what staff read of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOST_WORDS = 300


class Said(StrEnum):
    """What was chosen: received, or why not."""

    RECEIVED = "received"
    UNREAD = "unread"
    DECLINED = "declined"
    OTHER = "other"


CHOICES: dict[Said, str | Promise] = {
    Said.RECEIVED: _("I have received the notice"),
    Said.UNREAD: _("I could not open or read it"),
    Said.DECLINED: _("I do not want to say that I received it"),
    Said.OTHER: _("I have not received it, for another reason"),
}
REASONS: dict[Said, str | Promise] = {
    Said.UNREAD: _("Could not open or read it"),
    Said.DECLINED: _("Did not want to say"),
    Said.OTHER: _("Another reason"),
}


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What somebody said about which version, in which language it was offered.

    `said` is empty while the question is asked and not answered.
    """

    number: int
    language: str
    said: str = ""
    words: str = ""

    def __repr__(self) -> str:
        return "<Answer>"

    @property
    def is_given(self) -> bool:
        """Whether it is one of the answers that can be given."""
        return self.said in CHOICES

    @property
    def is_received(self) -> bool:
        """Whether the notice was received."""
        return self.said == Said.RECEIVED

    @property
    def choice(self) -> str | Promise:
        """The answer as the patient chose it."""
        return CHOICES[Said(self.said)] if self.is_given else ""

    def stored(self) -> dict[str, Any]:
        """Return this as JSON data for a sealed field."""
        return asdict(self)

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any] | None) -> "Answer | None":
        """Read what `stored` wrote; nothing where nothing was asked."""
        return cls(**stored) if stored else None


def reason(why: Mapping[str, Any]) -> str:
    """Say why somebody did not say that the notice was received, with their own words."""
    said, words = str(why.get("said", "")), str(why.get("words", ""))
    label = str(REASONS[Said(said)]) if said in REASONS else said
    return f"{label}: {words}" if words else label
