"""Slowing down guesses: counted before the answer is known, per account and per network.

After 5, 10 and 20 failures in a row every further try has to wait longer; after 100 the door is
shut for a day at a time (NIST 800-63B 5.2.2). It must not become a way to lock somebody else out:
- a browser that has signed in to an account before has a door of its own (OWASP's "device
  cookies"), which strangers' failures never close;
- every wait ends by itself, and a password reset by mail opens the account's door at once.

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
FORGOTTEN_AFTER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Door:
    """What failures are counted at: a kind and whom it is about; kept as a keyed hash."""

    kind: str
    about: str
    factor: int = 1

    @property
    def key(self) -> str:
        """The row's key: the table names no address of a person or network in clear."""
        text = f"throttle/1\0{self.kind}\0{self.about}".encode()
        return hmac.new(settings.SECRET_KEY.encode(), text, "sha256").hexdigest()


def account_door(act: str, account: str) -> Door:
    """The door of an account (known or not) for one act: password, code or reset."""
    return Door(f"{act}/account", account)


def device_door(act: str, account: str, device: str) -> Door:
    """The own door of a browser that has signed in to this account before."""
    return Door(f"{act}/device", f"{account}\0{device}")


def network_door(act: str, address: str) -> Door:
    """The door of a network address: /24 of IPv4, /64 of IPv6, as providers hand them out."""
    return Door(f"{act}/network", network_of(address), NETWORK_FACTOR)


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
    """Forget doors where nobody has tried for a month."""
    return Tries.objects.filter(last_try__lt=now() - FORGOTTEN_AFTER).delete()[0]


def wait_after(failures: int, factor: int = 1) -> timedelta:
    """Return how long a door stays shut after this many failures in a row."""
    return next((wait for step, wait in STEPS if failures >= step * factor), timedelta(0))


def _row(door: Door) -> Tries:
    # One statement that makes the row or locks it: whoever succeeds meanwhile may delete it.
    Tries.objects.bulk_create(
        [Tries(door=door.key, last_try=now())],
        update_conflicts=True,
        unique_fields=["door"],
        update_fields=["last_try"],
    )
    return Tries.objects.get(door=door.key)


def _wait_at(row: Tries, moment: datetime) -> timedelta:
    return max((row.closed_until or moment) - moment, timedelta(0))


def _count(row: Tries, door: Door, moment: datetime) -> None:
    row.failures += 1
    wait = wait_after(row.failures, door.factor)
    row.closed_until = moment + wait if wait else None
    row.save(update_fields=["failures", "closed_until"])
