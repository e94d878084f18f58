"""The real cause of each alert, done in a scratch organisation; and a normal day without one.

Nothing here writes an entry or an alert: people sign in, open, export and leave by the same actions
that pages call, and the rules have to find it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from keepwell.cli.scratch import Hand, Scratch, new_network
from keepwell.safeguards.access.emergencies import actions as emergencies
from keepwell.safeguards.access.members import actions as members
from keepwell.safeguards.access.purposes import Purpose
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit import queries as trail
from keepwell.safeguards.audit import stream, writer
from keepwell.safeguards.audit.entries import Part
from keepwell.safeguards.audit.search import Search
from keepwell.safeguards.audit.trail import models, store
from keepwell.safeguards.monitoring import checks, watch
from keepwell.safeguards.monitoring.rules import (
    COPIES_LEAST,
    ERASURES_LEAST,
    FAILURES_LEAST,
    LEAVING_TAKES,
    READS_LEAST,
    SPRAYED_LEAST,
    RuleCode,
)
from keepwell.safeguards.persons import actions as persons
from keepwell.safeguards.persons import exports, queries
from keepwell.safeguards.records.disclosure import disclose

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keepwell.safeguards.persons.models import Person

PAGE = 25  # patients, as a page of the list opens them
WHY = "A test of the alerts"
ACTS_OF_A_DAY = 500
PATIENTS_OF_A_DAY = 60


@dataclass(frozen=True, slots=True)
class Cause:
    """What is done so that a rule must be met, and what notices it."""

    rule: RuleCode
    words: str
    act: Callable[[Scratch], None]
    notice: Callable[[UUID], object] = watch.look


def quiet_day(scratch: Scratch) -> int:
    """Let two colleagues do the work of a day; return how many entries that left."""
    ana, bo = (scratch.employ(name, Role.MEMBER) for name in ("Ana", "Bo"))
    ivy = scratch.employ("Ivy", Role.AUDITOR)
    known = _patients(scratch, PATIENTS_OF_A_DAY)
    before = stream.size_of(scratch.organisation)
    for one in (ana, bo, ivy, ana):
        one.sign_in()
    bo.mistype()
    bo.mistype()
    trail.page_of(ivy.viewer, Search(), None, PAGE)
    exports.order(scratch.owner, person=known[0], reason=WHY)
    persons.erase_person(scratch.owner, person=known.pop(), reason=WHY)
    while (done := stream.size_of(scratch.organisation) - before) < ACTS_OF_A_DAY:
        for one in (ana, bo):
            _page_through(one)
            for patient in known:
                _open(one, [queries.person_with(one.viewer, patient)])
    return done


def failed_sign_ins(scratch: Scratch) -> None:
    """Guess at a password."""
    somebody = scratch.employ("Guessed", Role.MEMBER)
    for _ in range(FAILURES_LEAST):
        somebody.mistype()


def spraying(scratch: Scratch) -> None:
    """Guess once at each of many accounts, from somewhere else."""
    somewhere = f"{new_network()}::7"
    for number in range(SPRAYED_LEAST):
        somebody = scratch.employ(f"Sprayed{number}", Role.MEMBER)
        somebody.sign_in()
        somebody.mistype(somewhere)


def new_place(scratch: Scratch) -> None:
    """Sign in at work, then with the same browser elsewhere."""
    somebody = scratch.employ("Traveller", Role.MEMBER)
    somebody.sign_in()
    somebody.sign_in(f"{new_network()}::7")


def new_browser(scratch: Scratch) -> None:
    """Sign in at work, then in the same network with a browser that knows nothing."""
    somebody = scratch.employ("Newcomer", Role.MEMBER)
    somebody.sign_in()
    somebody.cookies = {}
    somebody.sign_in()


def mass_read(scratch: Scratch) -> None:
    """Page through the list of people to its end."""
    _patients(scratch, READS_LEAST)
    _page_through(scratch.employ("Reader", Role.MEMBER))


def person_exports(scratch: Scratch) -> None:
    """Export everything about several patients."""
    for patient in _patients(scratch, COPIES_LEAST):
        exports.order(scratch.owner, person=patient, reason=WHY)


def person_erasures(scratch: Scratch) -> None:
    """Erase several patients."""
    for patient in _patients(scratch, ERASURES_LEAST):
        persons.erase_person(scratch.owner, person=patient, reason=WHY)


def trail_export(scratch: Scratch) -> None:
    """Export some entries of the trail."""
    auditor = scratch.employ("Auditor", Role.AUDITOR)
    list(trail.exported(auditor.viewer, Search(), "csv", most=PAGE))


def emergency(scratch: Scratch) -> None:
    """Break the glass."""
    admin = scratch.employ("Admin", Role.ADMINISTRATOR)
    emergencies.begin(replace(admin.viewer, session=admin.sign_in().pk), reason=WHY)


def leaver(scratch: Scratch) -> None:
    """Go on, in work begun before, after access has ended."""
    somebody = scratch.employ("Leaver", Role.MEMBER)
    members.end(scratch.owner, membership=somebody.membership, reason=WHY)
    time.sleep(LEAVING_TAKES.total_seconds() + 0.1)
    _open(somebody, queries.persons_of(somebody.viewer, limit=1))


def trail_broken(scratch: Scratch) -> None:
    """Write into the trail's store, past Keepwell, that an entry is about somebody."""
    writer.settle(scratch.organisation)
    with store.sequencing(scratch.organisation) as connection:
        forged = models.Mention(
            about=1, index=0, part=Part.SUBJECT, organisation_id=scratch.organisation
        )
        forged.save(force_insert=True, using=connection.alias)


CAUSES = (
    Cause(RuleCode.FAILED_SIGN_INS, f"{FAILURES_LEAST} wrong passwords", failed_sign_ins),
    Cause(RuleCode.SPRAYING, f"a wrong password for each of {SPRAYED_LEAST}", spraying),
    Cause(RuleCode.NEW_PLACE, "a sign-in from a new network", new_place),
    Cause(RuleCode.NEW_PLACE, "a sign-in with a new browser", new_browser),
    Cause(RuleCode.MASS_READ, f"a list of {READS_LEAST} patients paged through", mass_read),
    Cause(RuleCode.PERSON_EXPORTS, f"{COPIES_LEAST} patients exported", person_exports),
    Cause(RuleCode.PERSON_ERASURES, f"{ERASURES_LEAST} patients erased", person_erasures),
    Cause(RuleCode.TRAIL_EXPORT, "entries of the trail exported", trail_export),
    Cause(RuleCode.EMERGENCY, "emergency access begun", emergency),
    Cause(RuleCode.LEAVER, "data opened after access ended", leaver),
    Cause(
        RuleCode.TRAIL_BROKEN,
        "a mention forged in the trail's store",
        trail_broken,
        checks.is_whole,
    ),
)


def _patients(scratch: Scratch, count: int) -> list[UUID]:
    made = (persons.create_person(scratch.owner, name=f"Scratch patient {n}") for n in range(count))
    return [one.pk for one in made]


def _page_through(hand: Hand) -> None:
    """Open the names on every page of the list of people, as the page does."""
    before: UUID | None = None
    while found := queries.persons_of(hand.viewer, before=before, limit=PAGE):
        _open(hand, found)
        before = found[-1].pk


def _open(hand: Hand, rows: "Iterable[Person]") -> None:
    with disclose(hand.viewer, Purpose.CARE) as scope:
        scope.open(rows, "name", "born")
