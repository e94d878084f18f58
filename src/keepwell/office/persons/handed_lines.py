"""A handed report in words: how its link is typed, and what the report's page says of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from keepwell.safeguards.persons.handed import queries
from keepwell.safeguards.persons.handed.tries import MOST_WRONG
from keepwell.safeguards.persons.models import HandedReport
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.shell.public_address import public_host

GROUP = 5  # characters that are read at a glance


@dataclass(frozen=True, slots=True)
class HandedLine:
    """One link in the person's hands, or one that ended because somebody guessed."""

    id: UUID
    expires: datetime
    readings: int
    last_read: datetime | None
    wrong: int
    ended: datetime | None

    @classmethod
    def of(cls, row: HandedReport) -> "HandedLine":
        """Return what is said of a row."""
        return cls(row.pk, row.expires, row.readings, row.last_read, row.wrong, row.ended)


def lines_of(viewer: Viewer, report: UUID) -> list[HandedLine]:
    """List what is in the person's hands, and what guessing has ended."""
    rows = queries.handed_of(viewer, report)
    guessed = queries.ended_by_guesses(viewer, report, MOST_WRONG)
    return [HandedLine.of(one) for one in (*rows, *guessed)]


def grouped(text: str) -> str:
    """Return characters in groups, as they are read out and typed."""
    return "-".join(text[place : place + GROUP] for place in range(0, len(text), GROUP))


def typed(token: str) -> str:
    """Return the address as somebody types it, without the scheme."""
    return public_host() + reverse("handed:report", args=[grouped(token)])
