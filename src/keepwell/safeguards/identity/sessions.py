"""Sessions: begun with a new id, ended by time, by their person, by a colleague; decided here.

`decide` is the one function that says whether a session key is good now. The middleware asks it for
every request, a stream asks it again at every delivery. It is synchronous and touches one row.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import models, transaction
from django.utils.crypto import get_random_string

from keepwell.safeguards.identity.models import SessionRecord, Stage, User
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.toolkit.clock import now

IDLE_MINUTES = 15
"""Before both steps are done, and where an organisation has said nothing else."""
LEAST_IDLE_MINUTES, MOST_IDLE_MINUTES = 5, 60
"""What an organisation can choose from."""
ABSOLUTE_LIMIT = timedelta(hours=12)
ON_THE_WAY_LIMIT = timedelta(minutes=10)
"""From the password to the end of the second step."""
ACT_RESOLUTION = timedelta(seconds=10)
"""Acts nearer than this to the last noted one are not written: a page costs one commit."""
KEY_LENGTH = 32
"""Characters of 36: 165 random bits."""


class Ending(StrEnum):
    """Why a session ended."""

    ABSOLUTE = "absolute"
    ACCOUNT_CLOSED = "account-closed"
    ENDED_BY_COLLEAGUE = "ended-by-colleague"
    ENDED_ELSEWHERE = "ended-elsewhere"
    FACTOR_CHANGED = "factor-changed"
    IDLE = "idle"
    MEMBERSHIP_ENDED = "membership-ended"
    ORGANISATION_ERASED = "organisation-erased"
    OUTSIDE_NETWORKS = "outside-networks"
    PASSWORD_CHANGED = "password-changed"  # noqa: S105  a reason, not a password
    REPLACED = "replaced"
    SIGNED_OUT = "signed-out"
    SWITCHED = "switched"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a session key is good for at this moment."""

    record: SessionRecord | None = None
    ending: str = ""  # an Ending when the key was good once
    ended_now: SessionRecord | None = None  # the session that this very decision ended
    was_of: UUID | None = None  # whose it was, when the key was good once

    @property
    def stage(self) -> Stage:
        """How far the person behind this session has come."""
        return Stage(self.record.stage) if self.record else Stage.ANONYMOUS

    @property
    def whose(self) -> UUID | None:
        """Whose browser it is or was last: also between the two steps, and after the end."""
        return self.record.user_id if self.record else self.was_of

    @property
    def is_full(self) -> bool:
        """Tell whether both steps are done."""
        return self.stage is Stage.FULL

    @property
    def user(self) -> User | None:
        """The account, once both steps are done."""
        return self.record.user if self.record and self.is_full else None

    @property
    def organisation(self) -> UUID | None:
        """The one organisation this session works in."""
        return self.record.organisation if self.record and self.is_full else None

    @property
    def user_on_the_way(self) -> User | None:
        """The account whose password was given but whose second step is not finished."""
        return self.record.user if self.record and not self.is_full else None


NOBODY = Decision()


def digest_of(key: str) -> str:
    """Return what is kept of a session key or token."""
    return hashlib.sha256(key.encode()).hexdigest()


def decide(key: str | None) -> Decision:
    """Say what a session key is good for now; a session found past its time is ended here."""
    if not key:
        return NOBODY
    found = SessionRecord.objects.select_related("user").filter(key_digest=digest_of(key))
    record = found.first()
    if record is None:
        return NOBODY
    if record.ended is not None:
        return Decision(ending=record.ended_because, was_of=record.user_id)
    because = _overdue(record, now())
    if because is None:
        return Decision(record=record)
    ended_now = record if end(record, because) else None
    return Decision(ending=because, ended_now=ended_now, was_of=record.user_id)


def _overdue(record: SessionRecord, moment: datetime) -> Ending | None:
    if record.user is not None and not record.user.is_active:
        return Ending.ACCOUNT_CLOSED
    if moment - record.created >= ABSOLUTE_LIMIT:
        return Ending.ABSOLUTE
    on_the_way = record.stage in {Stage.PASSWORD, Stage.FACTORS}
    if on_the_way and moment - record.created >= ON_THE_WAY_LIMIT:
        return Ending.IDLE
    return Ending.IDLE if moment - record.last_act >= idle_limit(record) else None


def idle_limit(record: SessionRecord) -> timedelta:
    """Return after how long without an act this session ends."""
    return timedelta(minutes=record.idle_minutes)


def time_left(record: SessionRecord) -> timedelta:
    """Return how long a session is good without a further act; never less than nothing."""
    moment = now()
    idle = record.last_act + idle_limit(record) - moment
    return max(timedelta(0), min(idle, time_left_in_all(record)))


def time_left_in_all(record: SessionRecord) -> timedelta:
    """Return after how long a session ends whatever its person does."""
    return record.created + ABSOLUTE_LIMIT - now()


def note_act(record: SessionRecord) -> None:
    """Move the idle limit, because a human being did something (never for polling)."""
    moment = now()
    if moment - record.last_act >= ACT_RESOLUTION:
        SessionRecord.objects.filter(pk=record.pk, ended__isnull=True).update(last_act=moment)
        record.last_act = moment


def open_session(
    user: User | None = None,
    *,
    stage: Stage = Stage.ANONYMOUS,
    organisation: UUID | None = None,
    address: str = "",
    device: str = "",
    factor: str = "",
) -> str:
    """Make a session and return its key, which nobody can look up afterwards."""
    key, moment = _new_key(), now()
    record = SessionRecord(
        key_digest=digest_of(key),
        user=user,
        stage=stage,
        organisation=organisation,
        created=moment,
        last_act=moment,
        address=address,
        device=device,
        factor=factor,
    )
    _write_down(record)
    return key


def _new_key() -> str:
    return get_random_string(KEY_LENGTH, "abcdefghijklmnopqrstuvwxyz0123456789")


def renew_key(record: SessionRecord) -> str | None:
    """Give a session another key and return it: the old one is nobody's from now on (ASVS 7.2.4).

    The session stays the same for all that is bound to it. None for one that ended meanwhile.
    """
    key = _new_key()
    standing = SessionRecord.objects.filter(pk=record.pk, ended__isnull=True)
    return key if standing.update(key_digest=digest_of(key)) else None


def _write_down(record: SessionRecord) -> None:
    if record.organisation is None:
        record.save(force_insert=True)
        return
    with transaction.atomic():
        record.idle_minutes = hold_limits(record.organisation)
        record.save(force_insert=True)


def hold_limits(organisation: UUID) -> int:
    """Return after how many minutes a session ends; the limit holds until the transaction ends.

    One that changes at this moment finds the session, or is found by it.
    """
    with wall.writing(organisation):
        own = Organisation.objects.select_for_update(no_key=True).filter(pk=organisation)
        return own.values_list("idle_minutes", flat=True).first() or IDLE_MINUTES


def idle_minutes_of(organisation: UUID) -> int:
    """Return after how many minutes without an act an organisation's sessions end."""
    with wall.reading(organisation):
        own = Organisation.objects.filter(pk=organisation)
        return own.values_list("idle_minutes", flat=True).first() or IDLE_MINUTES


def limit_all_in(organisation: UUID, *, idle_minutes: int) -> int:
    """Let what an organisation has said hold for sessions that are open already; count them."""
    standing = SessionRecord.objects.filter(organisation=organisation, ended__isnull=True)
    return standing.update(idle_minutes=idle_minutes)


def note_factor(record: SessionRecord, factor: str) -> None:
    """Note what the second step of a session was done with."""
    record.factor = factor
    SessionRecord.objects.filter(pk=record.pk, ended__isnull=True).update(factor=factor)


def note_trust(record: SessionRecord, trust: UUID) -> None:
    """Note which trusted device a session was given by, or has made."""
    record.trust = trust
    SessionRecord.objects.filter(pk=record.pk, ended__isnull=True).update(trust=trust)


def stands(session: UUID) -> bool:
    """Tell whether a session has not been ended, looking at its row now."""
    return SessionRecord.objects.filter(pk=session, ended__isnull=True).exists()


def end(record: SessionRecord, because: Ending) -> bool:
    """End one session; tell whether it was this call that ended it."""
    standing = SessionRecord.objects.filter(pk=record.pk, ended__isnull=True)
    return standing.update(ended=now(), ended_because=because, data="") == 1


def end_all_in(organisation: UUID, because: Ending) -> int:
    """End every session that works in an organisation; return how many."""
    standing = SessionRecord.objects.filter(organisation=organisation, ended__isnull=True)
    return standing.update(ended=now(), ended_because=because, data="")


def end_those_of(
    user: UUID, organisation: UUID, because: Ending, *, half_done: bool = True
) -> list[SessionRecord]:
    """End an account's sessions in one organisation and its half-done sign-ins, which could become
    such; return those that were good until now.
    """
    half = models.Q(stage__in=[Stage.PASSWORD, Stage.FACTORS] if half_done else [])
    meant = models.Q(organisation=organisation) | half
    moment = now()
    found = SessionRecord.objects.select_related("user").filter(
        meant, user=user, ended__isnull=True
    )
    was_good = [(record, _overdue(record, moment) is None) for record in found]
    return [record for record, is_good in was_good if end(record, because) and is_good]


def standing_of(user: User) -> list[SessionRecord]:
    """List the sessions of an account that are good now, the most recently used first."""
    standing = SessionRecord.objects.filter(user=user, stage=Stage.FULL, ended__isnull=True)
    return _in_time(standing.order_by("-last_act"))


def one_of(user: User, session: UUID) -> SessionRecord | None:
    """Return a session of an account, also one that has ended."""
    return SessionRecord.objects.filter(pk=session, user=user).first()


def all_of(user: User) -> list[SessionRecord]:
    """List every session of an account that has not ended, those on the way in too."""
    return list(SessionRecord.objects.filter(user=user, ended__isnull=True))


def standing_in(organisation: UUID) -> list[SessionRecord]:
    """List the sessions that work in an organisation and are good now."""
    return _in_time(
        SessionRecord.objects.filter(
            organisation=organisation, stage=Stage.FULL, ended__isnull=True
        )
    )


def _in_time(standing: models.QuerySet[SessionRecord]) -> list[SessionRecord]:
    moment = now()
    recent = standing.filter(
        created__gt=moment - ABSOLUTE_LIMIT,
        last_act__gt=moment - timedelta(minutes=MOST_IDLE_MINUTES),
    )
    return [record for record in recent if moment - record.last_act < idle_limit(record)]


def sweep(*, keep: timedelta = timedelta(days=1)) -> int:
    """Delete sessions that are over since longer than `keep`; the trail remembers them."""
    before = now() - keep
    stale = SessionRecord.objects.filter(ended__lt=before) | SessionRecord.objects.filter(
        created__lt=before - ABSOLUTE_LIMIT
    )
    return stale.delete()[0]
