"""What a page's own script is told of the session: which it is and how long it is good."""

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest

from keepwell.safeguards.access.viewers import sign_in_of
from keepwell.safeguards.identity import left_pages, sessions


@dataclass(frozen=True, slots=True)
class Session:
    """A session as a page knows it: the id tells two sessions in one browser apart."""

    id: str
    person: str  # tells whether both are the same person's
    seconds: int  # without a further act
    seconds_in_all: int  # whatever is done

    @classmethod
    def of(cls, request: HttpRequest) -> "Session | None":
        """Return the session of a request in which somebody is signed in."""
        decision = sign_in_of(request)
        if decision.record is None or not decision.is_full:
            return None
        left, in_all = (
            sessions.time_left(decision.record),
            sessions.time_left_in_all(decision.record),
        )
        second = timedelta(seconds=1)
        person = left_pages.mark_of(decision.whose)
        return cls(str(decision.record.pk), person, left // second, in_all // second)
