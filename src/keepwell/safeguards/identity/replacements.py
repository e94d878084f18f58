"""Rows of replacements that colleagues have started: one at a time for an account.

Who may start, confirm or stop one is decided in `access.replacements`, who follows its link in
`identity.replacing`. Nothing here touches a second step.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db import models

from keepwell.safeguards.identity import links
from keepwell.safeguards.identity.errors import ReplacementStands
from keepwell.safeguards.identity.models import FactorReplacement, LinkPurpose, OneTimeLink, User
from keepwell.toolkit.clock import now

LASTS_ONCE_OPEN = timedelta(hours=24)
SETTLED = timedelta(days=1)
"""What is younger gives nobody a quicker way: a second colleague, a password reset by mail."""


class Ended(StrEnum):
    """Why a replacement is over."""

    COLLEAGUE_LEFT = "colleague-left"  # who started or confirmed it
    COLLEAGUE_MOVED = "colleague-moved"  # to another role
    EXPIRED = "expired"
    FACTOR_CHANGED = "factor-changed"
    MEMBERSHIP_ENDED = "membership-ended"
    PASSWORD_RESET = "password-reset"  # noqa: S105  a reason, not a password
    STOPPED_BY_COLLEAGUE = "stopped-by-colleague"
    STOPPED_BY_MEMBER = "stopped-by-member"
    USED = "used"


def wait() -> timedelta:
    """Return how long a link stays shut, so that whoever is told can stop it."""
    return timedelta(minutes=settings.KEEPWELL_SECOND_STEP_WAIT_MINUTES)


def begin(user: UUID, *, organisation: UUID, by: UUID) -> FactorReplacement:
    """Start one, in the caller's transaction; raise ReplacementStands while one stands."""
    User.objects.select_for_update().get(pk=user)
    if standing_of(user) is not None:
        raise ReplacementStands
    _open(user=user).update(ended=now(), ended_because=Ended.EXPIRED)
    opens = now() + wait()
    return FactorReplacement.objects.create(
        user_id=user,
        organisation=organisation,
        started_by=by,
        opens=opens,
        expires=opens + LASTS_ONCE_OPEN,
    )


def standing_of(user: UUID) -> FactorReplacement | None:
    """Return the replacement of an account that can still be used."""
    return _standing(user=user).select_related("user").first()


def standing_by_id(replacement: UUID) -> FactorReplacement | None:
    """Return a replacement by its id if it can still be used."""
    return _standing(pk=replacement).select_related("user").first()


def standing() -> list[FactorReplacement]:
    """List every replacement that can still be used: few at any time, of all organisations."""
    return list(_standing().select_related("user"))


def behind(link: OneTimeLink) -> FactorReplacement | None:
    """Return the replacement that a link leads to; None for one that is over, and for a link from
    the console, which leads to none.
    """
    return standing_by_id(link.about) if link.about else None


def held(link: OneTimeLink) -> FactorReplacement | None:
    """Return the replacement that a link leads to, locked until the transaction ends."""
    return _standing(pk=link.about).select_for_update().first()


def is_open(one: FactorReplacement) -> bool:
    """Tell whether the wait is over, or a second colleague has ended it."""
    return one.opens <= now()


def last_reset(user: UUID) -> datetime | None:
    """Return when the account's password was last reset by mail, if it was within a day.

    Whoever reads the mailbox could then know the password, too (links are kept for that long).
    """
    resets = OneTimeLink.objects.filter(
        user=user, purpose=LinkPurpose.RESET_PASSWORD, used__gt=now() - SETTLED
    )
    last: datetime | None = resets.aggregate(last=models.Max("used"))["last"]
    return last


def confirm(one: FactorReplacement, *, by: UUID, opens_now: bool) -> bool:
    """Note that a second colleague confirms; False when that, or its end, came before."""
    moment = now()
    changed = {"opens": min(one.opens, moment)} if opens_now else {}
    found = _standing(pk=one.pk, confirmed__isnull=True)
    return found.update(confirmed=moment, confirmed_by=by, **changed) == 1


def end(one: FactorReplacement, because: Ended) -> bool:
    """End a replacement and its link; of any number of callers at once exactly one hears True."""
    has_ended = _standing(pk=one.pk).update(ended=now(), ended_because=because) == 1
    links.end_those_about(one.pk)
    return has_ended


def end_that_of(user: UUID, because: Ended) -> FactorReplacement | None:
    """End what stands for an account; return it when this call ended it."""
    one = standing_of(user)
    return one if one is not None and end(one, because) else None


def end_those_by(user: UUID, *, organisation: UUID, because: Ended) -> list[FactorReplacement]:
    """End what an account started or confirmed for others there; return what this call ended."""
    theirs = models.Q(started_by=user) | models.Q(confirmed_by=user)
    standing = _standing(organisation=organisation).filter(theirs).select_related("user")
    return [one for one in standing if end(one, because)]


def sweep() -> int:
    """Delete replacements that were over more than a day ago; the trail remembers them."""
    long_ago = now() - timedelta(days=1)
    return FactorReplacement.objects.filter(expires__lt=long_ago).delete()[0]


def _open(**which: object) -> models.QuerySet[FactorReplacement]:
    return FactorReplacement.objects.filter(ended__isnull=True, **which)


def _standing(**which: object) -> models.QuerySet[FactorReplacement]:
    return _open(expires__gt=now(), **which)
