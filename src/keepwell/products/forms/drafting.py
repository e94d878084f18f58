"""How far somebody has come: answers kept so far, and pages that were left as they were typed.

Pure: no rows, no requests. A page is "left" when it was not taken as it stands: it had errors, or a
button asked for one more line. Then everything typed is kept and shown again, on any later visit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from keepwell.products.forms.answers import Raw
from keepwell.products.forms.values import Answers, from_stored, to_stored
from keepwell.safeguards.consent.acknowledgements.saying import Answer

DRAFT_DAYS = 7  # after the last touch answers that were never sent are erased


@dataclass(frozen=True, slots=True)
class LeftPage:
    """A page as it was typed; `is_checked` when its errors were to be shown."""

    raw: Raw
    is_checked: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """The answers of a draft, the pages left as they were typed, by number, and the notice."""

    answers: Answers = field(default_factory=Answers)
    left: Mapping[int, LeftPage] = field(default_factory=dict)
    notice: Answer | None = None  # what was said about the Notice of Privacy Practices

    def stored(self) -> dict[str, Any]:
        """Return this as JSON data for a sealed field."""
        left = {
            str(number): {"raw": page.raw, "checked": page.is_checked}
            for number, page in self.left.items()
        }
        stored = {"answers": to_stored(self.answers), "left": left}
        return stored | ({"notice": self.notice.stored()} if self.notice else {})

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> "Progress":
        """Read what `stored` wrote; a new draft holds nothing."""
        if not stored:
            return cls()
        left = {
            int(number): LeftPage(page["raw"], page["checked"])
            for number, page in stored["left"].items()
        }
        notice = Answer.from_stored(stored.get("notice"))
        return cls(from_stored(stored["answers"]), left, notice)

    def with_page(self, number: int, answers: Answers, left: LeftPage | None) -> "Progress":
        """Return the progress after a page was posted; None for a page taken as it stands."""
        kept = {one: page for one, page in self.left.items() if one != number}
        return replace(self, answers=answers, left=kept if left is None else {**kept, number: left})

    def raws(self) -> dict[int, Raw]:
        """Return the pages that were left with errors, for the check before sending."""
        return {number: page.raw for number, page in self.left.items() if page.is_checked}
