"""Slowing down guesses: counted before the answer is known, per account and per network.

After 5, 10 and 20 failures every further try has to wait longer; after 100 the door is shut for a
day at a time (NIST 800-63B 5.2.2). It must not become a way to lock somebody else out:
- a count falls by itself, by 10 a day, whatever happens at the door meanwhile; a try that is
  refused neither counts nor postpones anything. Whoever stops guessing is forgotten in ten days;
- a door that many stand at, a network's, and the one of letters to an address, is never shut for
  longer than 15 minutes: the one may be a whole clinic, the other is the way back in;
- what is shared can still be kept busy by whoever is always first when it opens. So two kinds of
  browser have a door of their own, which strangers' failures never close: one that has signed in to
  the account before (OWASP's "device cookies"), and one that has used a link from the account's
  mail. While the door of letters is shut, a letter with a good link is in the mailbox already.

How much guessing is left, for whoever takes every try there is:
- against one account, from all the world, with each kind of try (password, code, both steps again):
  100, and 10 more for each day; so 110 in the first day and 400 in 30 days. Of passwords of 8 signs
  and more that is nothing, once the common ones are refused. Of a million codes, of which one is
  good at a time, it finds that of one account in 2500 a month, and only who has its password;
- from one network, across all accounts: 200, and 100 more for each day; so 300 in the first day and
  3200 in 30 days.
An own door counts for itself, and is reached only with a second step or the account's mail.

The count goes up *before* the password is looked at and back to nothing on success: a hundred
parallel guesses cannot all see "four failures so far".
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction

from keepwell.safeguards.identity.models import Tries
from keepwell.safeguards.identity.origin import network_of
from keepwell.toolkit.clock import now

STEPS: tuple[tuple[int, timedelta], ...] = (
    (100, timedelta(hours=24)),
    (20, timedelta(minutes=15)),
    (10, timedelta(minutes=5)),
    (5, timedelta(seconds=30)),
)
NETWORK_FACTOR = 10
"""A whole clinic may sit behind one address: its door counts ten times as patiently."""
FALLS_A_DAY = 10
"""Failures that are forgotten each day, and ten times as many at a network's door."""
LONGEST = STEPS[0][1]
LONGEST_SHARED = STEPS[1][1]
FORGOTTEN_AFTER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Door:
    """What failures are counted at: a kind and whom it is about; kept as a keyed hash."""

    kind: str
    about: str
    factor: int = 1
    longest: timedelta = LONGEST

    @property
    def falls_each(self) -> timedelta:
        """How long it takes until one failure is forgotten."""
        return timedelta(days=1) / (FALLS_A_DAY * self.factor)

    @property
    def key(self) -> str:
        """The row's key: the table names no address of a person or network in clear."""
        text = f"throttle/1\0{self.kind}\0{self.about}".encode()
        return hmac.new(settings.SECRET_KEY.encode(), text, "sha256").hexdigest()


def account_door(act: str, account: str) -> Door:
    """The door of an account (known or not) for one act: password, code or both again."""
    return Door(f"{act}/account", account)


def letter_door(account: str) -> Door:
    """The door of letters that somebody without a password asks for, to one address.

    Each try that is counted has sent one, whoever asked: to be shut for less than a link is good
    means that there is always one to come in by.
    """
    return Door("reset/account", account, longest=LONGEST_SHARED)


def link_door(act: str, account: str) -> Door:
    """The own door of browsers that have used a link from the account's mail: one for all of them.

    One for each of them would give as many counts of codes as somebody asks for links.
    """
    return Door(f"{act}/link", account)


def device_door(act: str, account: str, device: str) -> Door:
    """The own door of a browser that has signed in to this account before."""
    return Door(f"{act}/device", f"{account}\0{device}")


def network_door(act: str, address: str) -> Door:
    """The door of a network address: /24 of IPv4, /64 of IPv6, as providers hand them out."""
    return Door(f"{act}/network", network_of(address), NETWORK_FACTOR, LONGEST_SHARED)


def begin_try(*doors: Door) -> timedelta:
    """Count a try at every door; return how long to wait instead, zero when it may go on."""
    in_order = sorted(doors, key=lambda door: door.key)  # so that two tries never wait crosswise
    with transaction.atomic():
        rows = [_row(door) for door in in_order]
        moment = now()  # read under the locks: a try that waited for them is not an earlier one
        wait = max(_wait_at(row, moment) for row in rows)
        if wait:
            return wait
        for row, door in zip(rows, in_order, strict=True):
            _count(row, door, moment)
    return timedelta(0)


def succeed(*doors: Door) -> None:
    """Forget the failures at these doors: somebody proved to be right.

    A network's door only gets back the try that was counted: whoever owns one account there could
    otherwise wipe out his guesses at others.
    """
    own = [door.key for door in doors if door.factor == 1]
    shared = [door.key for door in doors if door.factor != 1]
    Tries.objects.filter(door__in=own).delete()
    Tries.objects.filter(door__in=shared, failures__gt=0).update(
        failures=models.F("failures") - 1, closed_until=None
    )


def sweep() -> int:
    """Forget doors where nothing was counted for a month."""
    return Tries.objects.filter(falls_from__lt=now() - FORGOTTEN_AFTER).delete()[0]


def wait_after(failures: int, factor: int = 1, longest: timedelta = LONGEST) -> timedelta:
    """Return how long a door stays shut after this many failures."""
    waits = (min(wait, longest) for step, wait in STEPS if failures >= step * factor)
    return next(waits, timedelta(0))


def _row(door: Door) -> Tries:
    """Make the row if there is none, and lock it; once more when a success deleted it meanwhile."""
    row = None
    while row is None:
        fresh = Tries(door=door.key, falls_from=now())
        Tries.objects.bulk_create([fresh], ignore_conflicts=True)
        row = Tries.objects.select_for_update().filter(door=door.key).first()
    return row


def _wait_at(row: Tries, moment: datetime) -> timedelta:
    return max((row.closed_until or moment) - moment, timedelta(0))


def _count(row: Tries, door: Door, moment: datetime) -> None:
    _let_fall(row, door, moment)
    row.failures += 1
    wait = wait_after(row.failures, door.factor, door.longest)
    row.closed_until = moment + wait if wait else None
    row.save(update_fields=["failures", "falls_from", "closed_until"])


def _let_fall(row: Tries, door: Door, moment: datetime) -> None:
    """Forget as many failures as have had their time; what is left of the time goes on counting.

    Else whoever tries often enough, or a clinic that is never still, would have a count that never
    falls.
    """
    fallen = max((moment - row.falls_from) // door.falls_each, 0)  # the clock may be set back
    row.falls_from += fallen * door.falls_each
    row.failures -= fallen
    if row.failures <= 0:
        row.failures, row.falls_from = 0, moment
