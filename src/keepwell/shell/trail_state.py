"""What the foot of the rail says about the trail: whole, waiting or broken, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Words:
    """The line at the rail's foot: tone and icon say the same as the words."""

    words: str
    icon: str
    tone: str
    url: str


def words_for(viewer: Any, request: HttpRequest) -> Words | None:
    """Return the state of this organisation's trail in words."""
    return None
