"""How much happened when: counts and moments of entries, for charts. No payload is opened here.

Times only show; order is by index (safeguards.md, 5).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef

from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.entries import Part, about_number, moment_of
from keepwell.safeguards.audit.search import first_since
from keepwell.safeguards.audit.trail import models, store
from keepwell.safeguards.tenancy.viewer import Viewer

HOUR_US = 3600 * 1_000_000


@dataclass(frozen=True, slots=True)
class HourOfKind:
    """How many entries of one kind were written in one hour, counted from the start."""

    hour: int
    kind: str
    count: int


def by_hour(viewer: Viewer, since: datetime) -> tuple[HourOfKind, ...]:
    """Count the entries since a moment by hour and kind."""
    writer.settle(viewer.organisation)
    since_us = int(since.timestamp()) * 1_000_000
    with store.reading(viewer.organisation):
        first = first_since(viewer.organisation, since_us)
        found = models.Entry.objects.filter(
            organisation_id=viewer.organisation, index__gte=first, time_us__gte=since_us
        )
        hours = found.annotate(hour=(F("time_us") - since_us) / HOUR_US).values("hour", "kind")
        rows = list(hours.annotate(count=Count("index")).order_by("hour", "kind"))
    return tuple(HourOfKind(int(row["hour"]), row["kind"], row["count"]) for row in rows)


def own_moments(viewer: Viewer, kinds: Collection[str], *, limit: int) -> tuple[datetime, ...]:
    """Return when this viewer last did such things, newest first."""
    if viewer.actor is None:
        return ()
    writer.settle(viewer.organisation)
    with store.reading(viewer.organisation):
        own = models.Mention.objects.filter(
            organisation_id=viewer.organisation,
            about=about_number(viewer.actor),
            part=Part.ACTOR,
            index=OuterRef("index"),
        )
        found = models.Entry.objects.filter(
            Exists(own), organisation_id=viewer.organisation, kind__in=list(kinds)
        )
        times = list(found.order_by("-index").values_list("time_us", flat=True)[:limit])
    return tuple(moment_of(time_us) for time_us in times)
