"""Check what stands beside the tree: payloads that can be read, and the mentions they stand for.

The tree binds a payload by its hash, so it is right or it is gone. It does not bind `key_id` or the
table of mentions. While the key of an entry's month exists, nothing lawful can have taken them away
or changed them: then the payload is opened and tells what they must be. A key that is gone although
no entry orders it (`erasures`) took with it what a month of entries said: that is named, too.
"""

import time
from array import array
from collections.abc import Sequence
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper

from keepwell.safeguards.audit import erasures, payloads, waiting
from keepwell.safeguards.audit.entries import Entry
from keepwell.safeguards.audit.reports import Finding, Problem
from keepwell.safeguards.audit.sealing import key_name, opened
from keepwell.safeguards.audit.trail import statements
from keepwell.safeguards.audit.trail.statements import StoredEntry
from keepwell.safeguards.vault import keys
from keepwell.safeguards.vault.errors import KeyGone
from keepwell.toolkit.clock import now_us
from keepwell.toolkit.envelope import SealBroken

_AT_ONCE = 5000  # mentions in one statement
PATIENCE_SECONDS = 5.0  # for an order that waits to be written
LOOK_SECONDS = 0.1


class Contents:
    """What was read of one log, in the order of the log."""

    def __init__(self, connection: BaseDatabaseWrapper, organisation: UUID) -> None:
        self._connection = connection
        self._organisation = organisation
        self._keys: dict[int, UUID | None] = {}  # of each month, None: erased or gone
        self._ordered: erasures.Erasures | None = None
        self._gone: dict[int, int] = {}  # months whose key nobody ordered away: their first entry
        self._counts = array("I")  # mentions of each entry
        self._start = 0  # from this entry on every payload was read

    def finding(self, rows: Sequence[StoredEntry]) -> Finding | None:
        """Check entries that the tree has found right; return the first that is wrong."""
        asked: list[tuple[int, int, int]] = []
        for row in rows:
            try:
                found = self._mentions(row, row.entry) if row.entry else set()
            except _Lost as lost:
                return lost.finding
            self._counts.append(len(found))
            asked += [(about, row.index, part) for part, about in found]
            if len(asked) >= _AT_ONCE or row is rows[-1]:
                missing = statements.first_unmentioned(self._connection, self._organisation, asked)
                if missing is not None:
                    return _mention(missing, "taken away")
                asked = []
        return None

    def gone(self) -> Finding | None:
        """Name the months whose key is missing although no entry orders their erasure."""
        if not self._gone:
            return None
        first = min(self._gone.values())
        months = ", ".join(f"{period // 100}-{period % 100:02}" for period in sorted(self._gone))
        said = (
            f"The key for the entries of {months} (the first is entry {first}) is missing from the "
            "keystore, and no entry orders that erasure: what they said cannot be read or checked "
            "any more. Put the keystore back from the newest backup that has the key. If an older "
            "copy of the trail was put back, the order may stand in the newer one: keep that. "
            "Otherwise find out who deleted the key."
        )
        return Finding(Problem.KEY, first, said)

    def surplus(self) -> Finding | None:
        """Find a mention that no payload stands for."""
        expected, end = sum(self._counts[self._start :]), len(self._counts)
        log = (self._connection, self._organisation, self._start, end)
        if statements.count_mentions(*log) == expected:
            return None
        for index, count in statements.mentions_by_entry(*log):
            if count != self._counts[index]:
                return _mention(index, "added")
        return None  # somebody is changing the table just now: the next check names it

    def _mentions(self, row: StoredEntry, entry: Entry) -> set[tuple[int, int]]:
        key_id = self._key_of(entry.period, row.index)
        if key_id is None:
            self._start = row.index + 1
            return set()
        if row.payload is None:
            raise _Lost(row, "its content was taken away")
        if row.key_id != key_id:
            raise _Lost(row, "it names another key than that of its month")
        try:
            data = opened(self._organisation, entry.id, key_id, row.payload)
            return payloads.mentions_in(data)
        except KeyGone:  # erased since we looked, or the keystore has lost it
            if keys.existing_shared_key(self._organisation, key_name(entry.period)) is None:
                del self._keys[entry.period]
                return self._mentions(row, entry)
            raise _Lost(row, "the key of its month is named and not there") from None
        except (SealBroken, ValueError, KeyError, TypeError):
            raise _Lost(row, "its content does not open under the key of its month") from None

    def _key_of(self, period: int, index: int) -> UUID | None:
        if period not in self._keys:
            self._keys[period] = self._looked_up(period, index)
        return self._keys[period]

    def _looked_up(self, period: int, index: int) -> UUID | None:
        """Return the key of a month; None once an entry orders that it goes, or when it is gone."""
        if self._ordered is None:
            self._ordered = erasures.of(self._organisation)
        if self._ordered.covers(period):
            return None
        key_id = keys.existing_shared_key(self._organisation, key_name(period))
        if key_id is None and not self._is_ordered(period):
            self._gone[period] = index
        return key_id

    def _is_ordered(self, period: int) -> bool:
        """Tell whether an entry orders an erasure; one committed before now may wait to be written.

        When that takes too long it is a finding of its own (`verifier`), and this is none yet.
        """
        began, until = now_us(), time.monotonic() + PATIENCE_SECONDS
        while True:
            is_late = waiting.is_late(self._organisation, began)
            self._ordered = erasures.of(self._organisation)
            if self._ordered.covers(period):
                return True
            if not is_late or time.monotonic() > until:
                return is_late
            time.sleep(LOOK_SECONDS)


class _Lost(Exception):  # noqa: N818  names the fact
    """What an entry said is not as it was written."""

    def __init__(self, row: StoredEntry, what: str) -> None:
        super().__init__(what)
        said = f"Entry {row.index} was edited beside the tree: {what}, which no erasure did."
        self.finding = Finding(Problem.CONTENT, row.index, said)


def _mention(index: int, what: str) -> Finding:
    said = f"Entry {index} was edited beside the tree: whom or what it is about was {what}."
    return Finding(Problem.MENTION, index, said)
