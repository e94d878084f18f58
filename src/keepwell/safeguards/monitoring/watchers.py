"""Find in new entries of the trail what counts for the rules (`rules`).

A watcher is asked for a span of indexes. It may look back further than the span where its rule
counts over a time, and hands out those hits too: whoever judges knows which are new.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import islice
from uuid import UUID

from keepwell.safeguards.audit import stream
from keepwell.safeguards.audit.payloads import Payload
from keepwell.safeguards.audit.queries import TrailEntry
from keepwell.safeguards.identity.events import IdentityKind
from keepwell.safeguards.identity.origin import network_of
from keepwell.safeguards.monitoring.rules import (
    LEAVING_TAKES,
    LOOKS_BACK_SIGN_INS,
    RULES,
    Hit,
    Rule,
    RuleCode,
)
from keepwell.safeguards.persons.actions import PERSON
from keepwell.safeguards.tenancy.viewer import ViewerKind

MOST_LOOKED_UP = 100  # accounts, whose sign-ins are looked for
_Read = tuple[TrailEntry, Payload]
STAFF = frozenset({ViewerKind.CONSOLE, ViewerKind.JOB, ViewerKind.MEMBER, ViewerKind.TOKEN})


class New(StrEnum):
    """What an account had never used before it signed in with it, or from it."""

    BROWSER = "browser"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class Span:
    """Entries of one trail that no rule has seen: from an index up to another."""

    organisation: UUID
    start: int
    stop: int


def hits_in(span: Span, leavers: Mapping[UUID, datetime]) -> list[Hit]:
    """Return what counts for any rule; `leavers` says when the access of former members ended."""
    found = [hit for rule in RULES if rule.kinds for hit in _of_kinds(rule, span)]
    return [*found, *_by_leavers(span, leavers)]


def _of_kinds(rule: Rule, span: Span) -> Iterator[Hit]:
    new = stream.entries(span.organisation, rule.kinds, span.start, span.stop)
    if not new:
        return
    before: Sequence[TrailEntry] = ()
    if rule.within:
        since = min(entry.moment for entry in new) - rule.within
        back = stream.first_since(span.organisation, since)
        before = stream.entries(span.organisation, rule.kinds, back, span.start)
    found = [(one, one.payload) for one in (*before, *new) if one.payload is not None]
    for entry, said in _sprayed(rule, span, found) if rule.code == RuleCode.SPRAYING else found:
        yield from _hits_of(rule, span, entry, said)


def _hits_of(rule: Rule, span: Span, entry: TrailEntry, said: Payload) -> Iterator[Hit]:
    if rule.code == RuleCode.NEW_PLACE and not new_in(span.organisation, entry):
        return
    about = _about(rule, span.organisation, said)
    if about is not None:
        yield _hit(rule.code, about, entry, _things(rule, entry, said))


def _about(rule: Rule, organisation: UUID, said: Payload) -> UUID | None:
    """Return whose account an entry is about for a rule; the organisation: nobody's alone."""
    if rule.code == RuleCode.SPRAYING:
        return organisation
    if rule.code == RuleCode.FAILED_SIGN_INS:
        return _account_in(said)
    if said.viewer_kind not in STAFF:
        return None  # patients open their own, the program opens for nobody
    return said.actor or said.on_behalf_of or organisation


def _things(rule: Rule, entry: TrailEntry, said: Payload) -> frozenset[UUID]:
    """Return what is counted: accounts, patients whose data it was, else the entry."""
    if rule.code == RuleCode.SPRAYING:
        return frozenset(filter(None, [_account_in(said)]))
    if rule.code == RuleCode.MASS_READ:
        return frozenset(id_ for subject in said.subjects for id_ in subject.persons or subject.ids)
    if rule.code == RuleCode.PERSON_EXPORTS:  # however many were joined into one
        return frozenset(id_ for subject in said.subjects for id_ in subject.ids[:1])
    if rule.code == RuleCode.PERSON_ERASURES:  # not what was kept about them, which went along
        persons = (subject for subject in said.subjects if subject.model == PERSON)
        return frozenset(id_ for subject in persons for id_ in subject.ids)
    return frozenset({entry.id})


def _account_in(said: Payload) -> UUID | None:
    return next((id_ for subject in said.subjects for id_ in subject.ids), None)


def _sprayed(rule: Rule, span: Span, failures: Sequence[_Read]) -> Iterator[_Read]:
    """Yield wrong passwords from networks where accounts that have signed in never did.

    An account is looked up once for all of its failures, and of very many accounts some: under
    attack everything else has to be watched as well.
    """
    first: dict[UUID, int] = {}
    for entry, said in failures:
        if (account := _account_in(said)) is not None:
            first.setdefault(account, entry.index)
    if len(first) < rule.least:
        return
    known = {
        one: _networks_of(span.organisation, one, before=index)
        for one, index in islice(first.items(), MOST_LOOKED_UP)
    }
    for entry, said in failures:
        networks = known.get(_account_in(said) or span.organisation)
        if networks and network_of(said.address) not in networks:
            yield entry, said


def new_in(organisation: UUID, entry: TrailEntry) -> frozenset[New]:
    """Return what was new as an account signed in that had signed in before."""
    said = entry.payload
    if said is None or said.actor is None:
        return frozenset()
    known = _networks_of(organisation, said.actor, before=entry.index)
    if not known:
        return frozenset()  # the first time there is nothing to compare with
    is_new = {
        New.BROWSER: said.detail.get("device") == "not-seen-before",
        New.NETWORK: network_of(said.address) not in known,
    }
    return frozenset(what for what, is_so in is_new.items() if is_so)


def _networks_of(organisation: UUID, account: UUID, *, before: int) -> set[str]:
    """Return from where an account signed in before an entry."""
    earlier = stream.last_by(
        organisation,
        account,
        IdentityKind.SESSION_BEGIN,
        before=before,
        most=LOOKS_BACK_SIGN_INS,
    )
    return {network_of(one.payload.address) for one in earlier if one.payload is not None}


def _by_leavers(span: Span, leavers: Mapping[UUID, datetime]) -> Iterator[Hit]:
    if not leavers:
        return
    for entry in stream.entries_by(span.organisation, leavers, span.start, span.stop):
        actor = entry.payload.actor if entry.payload else None
        ended = leavers.get(actor) if actor else None
        if actor and ended and entry.moment > ended + LEAVING_TAKES:
            yield _hit(RuleCode.LEAVER, actor, entry, frozenset({entry.id}))


def _hit(rule: str, about: UUID, entry: TrailEntry, things: frozenset[UUID]) -> Hit:
    return Hit(rule=rule, about=about, index=entry.index, moment=entry.moment, things=things)
