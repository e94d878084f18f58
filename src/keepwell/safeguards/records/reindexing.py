"""Renewing blind indexes under a new version of the index key, while everybody works.

    begin(viewer)         a new version is made; both are searched; the new one writes when settled
    renew_batch(viewer)   some rows under an older version get their tokens and words anew
    (the last batch)      finds none left and destroys the old version

What is done is in the rows themselves: each says under which version its tokens are. A process that
is killed half-way loses the batch it was in; any later call goes on. Values are opened to make
their tokens and do not leave the process, so no disclosure is recorded; beginning and end are.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import models
from django.db.models import Q

from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.records.catalogue import sealed_models
from keepwell.safeguards.records.errors import IndexBeingRenewed
from keepwell.safeguards.records.events import RecordsEvent
from keepwell.safeguards.records.fields import tokens_of
from keepwell.safeguards.records.index import VERSION_COLUMN
from keepwell.safeguards.records.indexing import forget_postings, is_indexed, renew
from keepwell.safeguards.records.models import SealedRecord
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.organisations import organisation_ids
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.safeguards.vault import blind, keys
from keepwell.safeguards.vault.errors import KeyGone
from keepwell.safeguards.vault.sealing import SealBroken

BATCH = 200

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a renewal is."""

    versions: tuple[int, ...]  # of the index key, oldest first; one when nothing is under way
    is_settled: bool  # False: the new version does not write yet, and no row is renewed
    left: int  # rows under an older version

    @property
    def is_done(self) -> bool:
        """Say that nothing is under way."""
        return len(self.versions) == 1 and not self.left


def begin(viewer: Viewer, *, reason: str = "") -> int:
    """Make a new version of the organisation's index key; return it.

    Raises IndexBeingRenewed while an earlier renewal is under way.
    """
    if len(blind.versions(viewer.organisation)) > 1:
        raise IndexBeingRenewed
    version = blind.begin_version(viewer.organisation)
    with wall.writing(viewer.organisation):
        detail = {"version": str(version)}
        record(viewer, RecordsEvent.INDEX_BEGIN, reason=reason, detail=detail)
    return version


def progress(organisation: UUID) -> Progress:
    """Return how far the renewal of an organisation's indexes is."""
    versions = blind.versions(organisation)
    writing = blind.writing_version(organisation)
    with wall.reading(organisation):
        left = sum(_stale(model, versions[-1]).count() for model in _indexed_models())
    return Progress(tuple(versions), writing == versions[-1], left)


def renew_batch(viewer: Viewer, *, limit: int = BATCH) -> int:
    """Renew some rows under the version that writes; return how many, 0 when none was left.

    With none left older versions are destroyed, and the trail says so.
    """
    version = blind.writing_version(viewer.organisation)
    for model in _indexed_models():
        renewed = _renew(viewer, model, version, limit)
        if renewed:
            return renewed
    _finish(viewer, version)
    return 0


def _renew(viewer: Viewer, model: type[SealedRecord], version: int, limit: int) -> int:
    """Renew rows of one model in one transaction, holding them against changes meanwhile."""
    with wall.writing(viewer.organisation):
        found = _stale(model, version).select_for_update(of=("self",)).order_by("pk")
        rows: list[SealedRecord] = list(found[:limit])
        keys.load(viewer.organisation, {row.key_id for row in rows})
        for row in rows:
            columns = _renewed(viewer, row, version)
            here = model.objects.filter(pk=row.pk)
            models.QuerySet.update(here, **columns)
    return len(rows)


def _renewed(viewer: Viewer, row: SealedRecord, version: int) -> dict[str, int | None]:
    """Return a row's new tokens; none for a row that does not open, which nobody finds by value."""
    try:
        return renew(row, version)
    except KeyGone:
        log.warning("no key, so no index: model=%s row=%s", row._meta.label_lower, row.pk)
    except SealBroken:
        subject = Subject(row._meta.label_lower, (row.pk,), (), row.persons())
        record(viewer, RecordsEvent.SEAL_BREAK, subjects=(subject,), outcome="failure")
    forget_postings(type(row), [row.pk])
    return {token.attname: None for token in tokens_of(type(row))} | {VERSION_COLUMN: version}


def _finish(viewer: Viewer, version: int) -> None:
    versions = blind.versions(viewer.organisation)
    if version != versions[-1] or len(versions) == 1:
        return
    with wall.writing(viewer.organisation):
        record(viewer, RecordsEvent.INDEX_FINISH, detail={"version": str(version)})
    blind.drop_versions(viewer.organisation, below=version)


def go_on(*, pause: Callable[[], object] = lambda: None) -> int:
    """Finish the renewals that are under way; return how many rows were renewed.

    Where there is one version it asks no table. `pause` is called between batches and may raise.
    """
    under_way = [each for each in organisation_ids() if len(blind.versions(each)) > 1]
    return sum(_renew_organisation(organisation, pause) for organisation in under_way)


def renew_strays(*, pause: Callable[[], object] = lambda: None) -> int:
    """Renew rows of any organisation under a version that is gone, as a restored backup brings."""
    return sum(_renew_organisation(organisation, pause) for organisation in organisation_ids())


def _renew_organisation(organisation: UUID, pause: Callable[[], object]) -> int:
    viewer = Viewer(kind=ViewerKind.SYSTEM, organisation=organisation)
    total = 0
    pause()
    while renewed := renew_batch(viewer):
        total += renewed
        pause()
    return total


def _stale(model: type[SealedRecord], version: int) -> models.QuerySet[SealedRecord]:
    """Find rows whose tokens are of another version; None is what was there before versions."""
    found: models.QuerySet[SealedRecord] = model.objects.filter(
        ~Q(**{VERSION_COLUMN: version}) | Q(**{f"{VERSION_COLUMN}__isnull": True})
    )
    return found


def _indexed_models() -> Iterator[type[SealedRecord]]:
    return (model for model in sealed_models() if is_indexed(model))
