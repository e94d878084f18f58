"""The certificate of an erasure: what was destroyed, when, what proves it. Ids, never names.

It joins three facts. The trail says who ordered the erasure and what it was about, and proves by
its signed tree that nobody wrote that afterwards. The keystore says when the keys went. The
operator says for how long copies of the keystore are kept; until the last has expired, an old copy
of data and keystore together could still be read (45 CFR 164.310(d)(2)(i), NIST SP 800-88 2.5,
cryptographic erase).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from keepwell.safeguards.access.queries import allow
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.audit.proofs import Proof, Standing, proof_of
from keepwell.safeguards.audit.queries import LARGEST_PAGE, TrailEntry, page_of_entries
from keepwell.safeguards.persons.events import PersonsEvent
from keepwell.safeguards.persons.permissions import PersonPermission
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault import owed
from keepwell.safeguards.vault.keystore import notices
from keepwell.toolkit import clock

FORMAT = "keepwell certificate of erasure 1"


@dataclass(frozen=True, slots=True)
class Order:
    """One entry that ordered the erasure of at most a thousand rows, and its proof."""

    entry: TrailEntry
    proof: Proof

    def described(self) -> dict[str, Any]:
        """Return it as plain values: ids, numbers, hashes in hex."""
        proof = self.proof
        return {
            "standing": proof.standing.value,
            "kind": self.entry.kind,
            "entry_id": str(self.entry.id),
            "entry": proof.entry.hex(),
            "index": proof.index,
            "leaf": proof.leaf.hex(),
            "size": proof.size,
            "root": proof.root.hex(),
            "steps": [step.hex() for step in proof.steps],
            "checkpoint": proof.note,
            "key": proof.key,
        }

    def lines(self) -> list[str]:
        """Return it for a reader."""
        proof = self.proof
        return [
            f"  {_STANDINGS[proof.standing]}",
            f"  Entry {proof.index}, {self.entry.kind}, id {self.entry.id}",
            f"  Leaf   {proof.leaf.hex()}",
            f"  Root   {proof.root.hex()} of {proof.size} entries",
            *(f"  Step   {step.hex()}" for step in proof.steps),
            f"  Key    {proof.key}",
            "  Signed head of the trail",
            *(f"    {line}".rstrip() for line in proof.note.splitlines()),
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What can be said just now of the erasure of one person, or of a whole organisation."""

    organisation: UUID
    person: UUID | None  # None: all of the organisation was erased
    orders: tuple[Order, ...]  # oldest first
    keys: int
    destroyed: datetime | None  # None: the keys are still owed, and follow within a minute
    backup_days: int
    counts: Mapping[str, int] = field(default_factory=dict)  # an organisation's rows, by model

    @property
    def ordered(self) -> datetime:
        """Return when the erasure was ordered."""
        return self.orders[0].entry.moment

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """Return what was erased; nothing when the trail's own content was erased since.

        One subject for each model and no row twice, however often it was ordered.
        """
        ids: dict[str, dict[UUID, None]] = {}
        for order in self.orders:
            for subject in order.entry.payload.subjects if order.entry.payload else ():
                ids.setdefault(subject.model, {}).update(dict.fromkeys(subject.ids))
        return tuple(Subject(model, tuple(named)) for model, named in ids.items())

    @property
    def standing(self) -> Standing:
        """Return how the order stands in the signed tree: as its weakest entry does."""
        found = {one.proof.standing for one in self.orders}
        weakest = (Standing.BROKEN, Standing.WAITING)
        return next((one for one in weakest if one in found), Standing.PROVEN)

    @property
    def is_proven(self) -> bool:
        """Tell whether every entry stands in the signed tree."""
        return self.standing is Standing.PROVEN

    @property
    def complete_on(self) -> date | None:
        """Return the day on which the last copy of the keystore that held the keys expires."""
        if self.destroyed is None:
            return None
        return (self.destroyed + timedelta(days=self.backup_days)).date()

    @property
    def is_complete(self) -> bool:
        """Tell whether that day has passed."""
        return self.complete_on is not None and self.complete_on < clock.now().date()

    @property
    def records(self) -> int:
        """Return how many rows were erased, the person's own included."""
        return sum(len(subject.ids) for subject in self.subjects)

    def described(self) -> dict[str, Any]:
        """Return it as plain values: ids, counts, moments in UTC, hashes in hex."""
        return {
            "format": FORMAT,
            "organisation": str(self.organisation),
            **({"person": str(self.person)} if self.person else {}),
            "erased": [
                *({"model": model, "count": count} for model, count in self.counts.items()),
                *(
                    {
                        "model": subject.model,
                        "count": len(subject.ids),
                        "ids": [str(id_) for id_ in subject.ids],
                    }
                    for subject in self.subjects
                ),
            ],
            "ordered": self.ordered.isoformat(),
            "keys_destroyed": self.keys,
            "destroyed": self.destroyed.isoformat() if self.destroyed else None,
            "keystore_backup_days": self.backup_days,
            "complete_on": self.complete_on.isoformat() if self.complete_on else None,
            "trail": [one.described() for one in self.orders],
        }

    def as_json(self) -> str:
        """Return it for a program, with a line feed at the end of each line but the last."""
        return json.dumps(self.described(), indent=1, ensure_ascii=False)

    def as_text(self) -> str:
        """Return it for a reader, as one page of plain text in English."""
        lines = [
            "CERTIFICATE OF ERASURE",
            "",
            f"Organisation   {self.organisation}",
            f"Person         {self.person or 'all: the organisation itself was erased'}",
            f"Ordered        {_moment(self.ordered)}",
            f"Keys destroyed {self.keys}, {_moment(self.destroyed)}",
            f"Complete       {self._completion()}",
            "",
            "What was erased",
            *(self._counted() or ["  The trail no longer says: its own content was erased."]),
            "",
            "What this means",
            "  Each record was sealed under a key of its own (AES-256-GCM). The keys no longer",
            "  exist in the keystore, so no copy of the data can be read with it. A copy of the",
            "  keystore from before still holds them until it expires.",
            "",
            "Proof",
            *(line for one in self.orders for line in one.lines()),
        ]
        return "\n".join(lines)

    def _counted(self) -> list[str]:
        counted = [f"  {count} of {model}" for model, count in self.counts.items()]
        return counted + [
            line
            for subject in self.subjects
            for line in (
                f"  {len(subject.ids)} of {subject.model}",
                *(f"    {id_}" for id_ in subject.ids),
            )
        ]

    def _completion(self) -> str:
        if self.complete_on is None:
            return "not yet: the keys are still to be destroyed"
        return f"after {self.complete_on}, when the last keystore backup has expired"


_STANDINGS = {
    Standing.PROVEN: "The order stands in the signed trail: RFC 6962 inclusion, checked just now.",
    Standing.WAITING: "The order is on the trail and waits for the next signed head.",
    Standing.BROKEN: "WARNING: the entry of the trail is not as it was signed.",
}


def certificate_of(viewer: Viewer, person: UUID) -> Certificate | None:
    """Return the certificate of a person's erasure; None when the trail knows of none (yet).

    Looking is itself on the trail. Raises TrailUnavailable and KeystoreUnavailable.
    """
    allow(viewer, PersonPermission.ERASE)
    entries = _entries(viewer, person)
    if not _names_the_person(entries, person):
        return None
    organisation = viewer.organisation
    went = [notice for entry in entries for notice in notices.of_entry(entry.id)]
    is_owed = any(owed.is_owed(organisation, entry.id) for entry in entries)
    return Certificate(
        organisation=organisation,
        person=person,
        orders=tuple(Order(entry, proof_of(organisation, entry.index)) for entry in entries),
        keys=len({id_ for notice in went for id_ in notice.ids}),
        destroyed=None if is_owed else max((notice.made for notice in went), default=None),
        backup_days=settings.KEEPWELL_KEYSTORE_BACKUP_DAYS,
    )


def _entries(viewer: Viewer, person: UUID) -> list[TrailEntry]:
    """Return every entry that ordered this person's erasure, oldest first.

    There are more than one after a thousand records, and after a restored backup.
    """
    found: list[TrailEntry] = []
    kinds, before, is_last = [PersonsEvent.PERSON_ERASE], None, False
    while not is_last:
        page = page_of_entries(viewer, about=person, kinds=kinds, before=before, limit=LARGEST_PAGE)
        found += page.entries
        before, is_last = page.before, page.before is None
    return found[::-1]


def _names_the_person(entries: Sequence[TrailEntry], person: UUID) -> bool:
    """Tell whether the last entry of an erasure has arrived: its earlier portions come before it.

    Entries whose own content was erased since arrived long ago.
    """
    return any(
        entry.payload is None or any(person in one.ids for one in entry.payload.subjects)
        for entry in entries
    )


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else "not yet"
