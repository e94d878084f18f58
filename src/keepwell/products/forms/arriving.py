"""What arrives when a patient sends: the answers, what the inbox shows of them, and the person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict


class PersonFacts(TypedDict):
    """What the marked questions say about the person; None where nothing was answered."""

    name: str | None
    born: date | None
    email: str | None
    telephone: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Arriving:
    """Plain answers on their way into a sealed submission. Its repr shows nothing (it may be logged)."""

    answers: Mapping[str, Any]
    brief: Mapping[str, str]
    person: PersonFacts

    def __repr__(self) -> str:
        return "<Arriving>"
