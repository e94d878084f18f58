"""The rules: what each counts, about whom, how many of it within which time.

The table at the end is all there is to a rule but finding its entries (`watchers`). Each number has
its sentence: it is chosen so that a normal day of a clinic raises nothing.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.audit.events import AuditEvent
from keepwell.safeguards.identity import throttle
from keepwell.safeguards.identity.events import IdentityKind
from keepwell.safeguards.persons.events import PersonsEvent
from keepwell.safeguards.records.events import RecordsEvent

FAILURES_LEAST = throttle.STEPS[-1][0]
"""Somebody who mistypes is right by the third try; from the fifth on the door slows down, too."""
FAILURES_WITHIN = timedelta(hours=1)
"""Guessing that waits for the door each time is still the same guessing."""
SPRAYED_LEAST = 5
"""Accounts. People mistype where they always sign in; so many from elsewhere in an hour are tried,
one password after the other, by whoever has a list of addresses."""
READS_LEAST = 200
"""Patients. A busy desk pages the list of people and opens fifty of them; two hundred is copying.
"""
READS_WITHIN = timedelta(hours=1)
"""Faster than that nobody reads; slower copying is seen in the figures of the trail's page."""
COPIES_LEAST = 3
"""A copy for one patient who asks for it is care, two a coincidence (45 CFR 164.524)."""
COPIES_WITHIN = timedelta(days=1)
"""Those who ask come one at a time; three in one day come from one hand's own wish."""
ERASURES_LEAST = 3
"""Erasing is rare and cannot be taken back: most of what a clinic holds, the law has it keep."""
ERASURES_WITHIN = timedelta(days=1)
"""As with copies: those who ask come one at a time. Slower erasing is seen on the trail's page."""
LOOKS_BACK_SIGN_INS = 100
"""So many earlier sign-ins of an account say from where it usually comes: some months."""
LEAVING_TAKES = timedelta(seconds=2)
"""A page that is being answered when access ends may be written down just after."""
QUIET = timedelta(days=1)
"""An open alert that goes on after a quiet day is told by mail once more."""


class RuleCode(StrEnum):
    """The rules that Keepwell brings."""

    EMERGENCY = "emergency"
    FAILED_SIGN_INS = "failed-sign-ins"
    LEAVER = "leaver"
    MASS_READ = "mass-read"
    NEW_PLACE = "new-place"
    PERSON_ERASURES = "person-erasures"
    PERSON_EXPORTS = "person-exports"
    SPRAYING = "spraying"
    TRAIL_BROKEN = "trail-broken"
    TRAIL_EXPORT = "trail-export"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. `kinds` are those of its entries; none: it is not met by entries of some kinds.

    `is_own`: the account did what it says, so it hears of it only if nobody else can.
    `needs_another`: so is who settles it, also where the account is the one that suffers: whoever
    took it over would settle the alert about that. `is_told`: by mail; else somebody hears of it at
    once already.
    """

    code: str
    title: str | Promise
    means: str | Promise
    todo: str | Promise
    counted: Any  # what ngettext_lazy returns
    kinds: frozenset[str] = frozenset()
    least: int = 1
    within: timedelta = timedelta(0)
    is_own: bool = False
    needs_another: bool = False
    is_told: bool = True
    tone: str = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An entry that counts for a rule; `things` are what is counted, each once (ids)."""

    rule: str
    about: UUID
    index: int
    moment: datetime
    things: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Met:
    """Hits that meet a rule, or with which an open alert goes on, and how much they are."""

    hits: tuple[Hit, ...]
    count: int

    @property
    def first(self) -> datetime:
        """Return when the first was."""
        return min(hit.moment for hit in self.hits)

    @property
    def last(self) -> datetime:
        """Return when the last was."""
        return max(hit.moment for hit in self.hits)

    @property
    def indexes(self) -> tuple[int, int]:
        """Return the first and the last place in the trail."""
        found = [hit.index for hit in self.hits]
        return min(found), max(found)


def judged(rule: Rule, hits: Iterable[Hit]) -> Met | None:
    """Return the hits about one account that meet a rule: so many things within its time.

    What came after those belongs to the same alert.
    """
    ordered = sorted(hits, key=lambda hit: (hit.moment, hit.index))
    begin, within = 0, Counter[UUID]()  # how often each thing is in the hits of one such time
    for hit in ordered:
        within.update(hit.things)
        while hit.moment - ordered[begin].moment > rule.within:
            within -= Counter(ordered[begin].things)
            begin += 1
        if len(within) >= rule.least:
            return Met(tuple(ordered[begin:]), len(_things(ordered[begin:])))
    return None


def going_on(hits: Iterable[Hit], *, after: int) -> Met | None:
    """Return what is new in hits about one account since the last entry of an open alert."""
    every = list(hits)
    new = tuple(hit for hit in every if hit.index > after)
    if not new:
        return None
    known = _things(hit for hit in every if hit.index <= after)
    return Met(new, len(_things(new) - known))


def _things(hits: Iterable[Hit]) -> set[UUID]:
    return {thing for hit in hits for thing in hit.things}


RULES: tuple[Rule, ...] = (
    Rule(
        code=RuleCode.TRAIL_BROKEN,
        title=_("The trail is not whole"),
        means=_("A check found that the trail is not the one that was signed."),
        todo=_(
            "Change nothing on the server. Ask whoever runs Keepwell to run keepwell verify and to "
            "keep the newest backup."
        ),
        counted=ngettext_lazy("%(count)s finding", "%(count)s findings", "count"),
        tone="danger",
    ),
    Rule(
        code=RuleCode.LEAVER,
        title=_("Somebody who left is still active"),
        means=_("An account did something, or is signed in, after its access here had ended."),
        todo=_(
            "End its sessions: Members, Have left, Report, End all sessions. Then find out how it "
            "came in."
        ),
        counted=ngettext_lazy("%(count)s act", "%(count)s acts", "count"),
        tone="danger",
    ),
    Rule(
        code=RuleCode.MASS_READ,
        title=_("Data of very many patients was opened"),
        means=_(
            "One colleague opened data of 200 patients or more within an hour, or looked them up."
        ),
        todo=_("Ask what it was for. If there was no reason, end that access now."),
        counted=ngettext_lazy("%(count)s patient", "%(count)s patients", "count"),
        kinds=frozenset({RecordsEvent.FIELDS_OPEN, PersonsEvent.PERSON_FIND}),
        least=READS_LEAST,
        within=READS_WITHIN,
        is_own=True,
        needs_another=True,
        tone="danger",
    ),
    Rule(
        code=RuleCode.PERSON_ERASURES,
        title=_("Several patients were erased"),
        means=_("One colleague erased three patients or more within a day."),
        todo=_(
            "Ask whether those patients wanted it. If not, end that access now and keep the newest "
            "backup of data and keystore."
        ),
        counted=ngettext_lazy("%(count)s patient", "%(count)s patients", "count"),
        kinds=frozenset({PersonsEvent.PERSON_ERASE}),
        least=ERASURES_LEAST,
        within=ERASURES_WITHIN,
        is_own=True,
        needs_another=True,
        tone="danger",
    ),
    Rule(
        code=RuleCode.PERSON_EXPORTS,
        title=_("Everything about several patients was exported"),
        means=_("One colleague exported everything about three patients or more within a day."),
        todo=_("Ask whether those patients wanted their copies, and where the files are."),
        counted=ngettext_lazy("%(count)s patient", "%(count)s patients", "count"),
        kinds=frozenset({PersonsEvent.EXPORT_ORDER}),
        least=COPIES_LEAST,
        within=COPIES_WITHIN,
        is_own=True,
        needs_another=True,
    ),
    Rule(
        code=RuleCode.TRAIL_EXPORT,
        title=_("The trail was exported"),
        means=_("Entries of the trail left Keepwell in a file."),
        todo=_("Ask what it was for, and where the file is."),
        counted=ngettext_lazy("%(count)s export", "%(count)s exports", "count"),
        kinds=frozenset({AuditEvent.TRAIL_EXPORT}),
        is_own=True,
        needs_another=True,
    ),
    Rule(
        code=RuleCode.EMERGENCY,
        title=_("Emergency access was begun"),
        means=_("A colleague opened, with a reason, what the role does not."),
        todo=_("Review it on the page “Emergency access”, then say here that you did."),
        counted=ngettext_lazy("%(count)s time", "%(count)s times", "count"),
        kinds=frozenset({AccessKind.EMERGENCY_BEGIN}),
        is_own=True,
        needs_another=True,
        is_told=False,  # beginning it writes to the officers at once
    ),
    Rule(
        code=RuleCode.FAILED_SIGN_INS,
        title=_("Many failed sign-ins"),
        means=_("Somebody was wrong at the sign-in of one account five times or more in an hour."),
        todo=_("Ask its person. If it was somebody else, have the password changed."),
        counted=ngettext_lazy("%(count)s failed try", "%(count)s failed tries", "count"),
        kinds=frozenset({IdentityKind.PASSWORD_FAIL, IdentityKind.FACTOR_FAIL}),
        least=FAILURES_LEAST,
        within=FAILURES_WITHIN,
        needs_another=True,
    ),
    Rule(
        code=RuleCode.SPRAYING,
        title=_("Wrong passwords for many accounts"),
        means=_(
            "Wrong passwords were given for five accounts or more within an hour, from networks "
            "that they never used."
        ),
        todo=_(
            "Somebody may try common passwords on everybody. Ask whether one of them signed in "
            "since, and allow only the networks you know."
        ),
        counted=ngettext_lazy("%(count)s account", "%(count)s accounts", "count"),
        kinds=frozenset({IdentityKind.PASSWORD_FAIL}),
        least=SPRAYED_LEAST,
        within=FAILURES_WITHIN,
        tone="danger",
    ),
    Rule(
        code=RuleCode.NEW_PLACE,
        title=_("Sign-in from a new device or network"),
        means=_("An account signed in with a browser, or from a network, that it never used."),
        todo=_("Ask its person. If it was somebody else, end the account’s access at once."),  # noqa: RUF001
        counted=ngettext_lazy("%(count)s sign-in", "%(count)s sign-ins", "count"),
        kinds=frozenset({IdentityKind.SESSION_BEGIN}),
        needs_another=True,
    ),
)


def rule_of(code: str) -> Rule | None:
    """Return the rule of this code; None for one that this version does not know."""
    return next((one for one in RULES if one.code == code), None)
