"""What members do with what they narrow the trail by: name it, take what it finds, or share it.

A part of the trail that is shared is what filters found at that moment, for one colleague of any
role and some days. What comes later is no part of it, nor is anything that the filters leave out.
"""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from keepwell.jobs import queue
from keepwell.office.events import OfficeEvent
from keepwell.office.members.letters import MemberLetter
from keepwell.office.models import SavedView, SharedExtract
from keepwell.office.permissions import OfficePermission
from keepwell.office.tasks import write_to_member
from keepwell.office.trail.errors import NotAnExtract, TooManyViews
from keepwell.office.trail.filters import Filters
from keepwell.office.trail.queries import MOST_VIEWS, may_share, views_of
from keepwell.safeguards.access import lending
from keepwell.safeguards.access.errors import NotPermitted, OutOfReach
from keepwell.safeguards.access.lending import MOST_DAYS, open_ones
from keepwell.safeguards.access.manifest import Held
from keepwell.safeguards.access.queries import allow, role_of, within_reach
from keepwell.safeguards.access.turns import take_turn
from keepwell.safeguards.audit import queries as audit
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.audit.errors import TrailUnavailable
from keepwell.safeguards.audit.queries import TrailEntry
from keepwell.safeguards.persons.errors import ReasonMissing
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock

ACCOUNT, EXTRACT = "identity.user", "office.sharedextract"
MOST_EXPORTED = 10_000  # by a page; the command line knows no such limit
MOST_PORTIONS = 20
MOST_SHARED = 1_000  # entries, by one person within a day: as many as one may take in files
A_DAY, TWICE = timedelta(days=1), timedelta(minutes=1)


def save_view(viewer: Viewer, *, name: str, asked: str) -> SavedView:
    """Keep a search under a name; a name that is there already means this search from now on."""
    allow(viewer, OfficePermission.TRAIL_READ)
    with wall.writing(viewer.organisation):
        own = views_of(viewer)
        if len(own) >= MOST_VIEWS and name not in {view.name for view in own}:
            raise TooManyViews
        view, _is_new = SavedView.objects.update_or_create(
            organisation_id=viewer.organisation,
            account=viewer.actor,
            name=name,
            defaults={"asked": asked},
        )
        _record(viewer, OfficeEvent.VIEW_SAVE, view.pk)
    kept: SavedView = view
    return kept


def remove_view(viewer: Viewer, *, view: UUID) -> None:
    """Take a saved search away; OutOfReach for those of others, here or elsewhere."""
    allow(viewer, OfficePermission.TRAIL_READ)
    with wall.writing(viewer.organisation):
        gone, _rows = SavedView.objects.filter(pk=view, account=viewer.actor).delete()
        if not gone:
            raise OutOfReach
        _record(viewer, OfficeEvent.VIEW_REMOVE, view)


def _record(viewer: Viewer, kind: OfficeEvent, view: UUID) -> None:
    record(viewer, kind, subjects=(Subject("office.savedview", (view,)),))


def export_alone(
    viewer: Viewer, *, filters: Filters, form: str, most: int
) -> Iterator[TrailEntry] | None:
    """Export what filters find without a second person; None where that would be too much.

    What one account takes alone within a day adds up to `most`, also in slices and at once: one
    after another, each sees on the trail what the others took. Raises TrailUnavailable where the
    entry of this one is not to be seen there in time.
    """
    allow(viewer, OfficePermission.TRAIL_READ)
    since, search = clock.now() - A_DAY, filters.search
    count = audit.count_of(viewer, search, most=most)  # it may take long: not under the lock
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        taken = audit.taken_alone(viewer, since)
        if count > max(0, most - taken):
            return None
        found = audit.exported(viewer, search, form, most=MOST_EXPORTED, alone=count)
        if audit.taken_alone(viewer, since) < taken + count:
            raise TrailUnavailable
    return found


def share(
    viewer: Viewer, *, filters: Filters, colleague: UUID, days: int, reason: str
) -> SharedExtract:
    """Share what filters find now, for some days, and tell the colleague; or do neither.

    Pressed twice it is shared once; later it takes the place of what was shared before. Raises
    NotAnExtract, ReasonMissing, and OutOfReach for whoever does not work here.
    """
    need_sharing(viewer)
    if not reason.strip():
        raise ReasonMissing
    size = audit.state(viewer).size
    count = count_in(viewer, filters, before=size)
    with wall.writing(viewer.organisation):
        # One after another: two clicks share once, and nobody leaves meanwhile.
        take_turn(viewer)
        if colleague == viewer.actor or role_of(colleague, viewer.organisation) is None:
            raise OutOfReach
        for_so_long = timedelta(days=max(1, min(days, MOST_DAYS)))
        same = {"asked": filters.asked, "colleague": colleague, "by": viewer.actor}
        before: SharedExtract | None = open_ones(SharedExtract.objects.filter(**same)).first()
        if before is not None and _is_twice(before, for_so_long):
            return before
        if not 0 < count <= MOST_SHARED - _shared_lately(viewer):
            raise NotAnExtract
        if before is not None:
            _end(viewer, before)
        row: SharedExtract = SharedExtract.objects.create(
            organisation_id=viewer.organisation,
            asked=filters.asked,
            search=filters.search.kept(),
            size=size,
            count=count,
            colleague=colleague,
            by=viewer.actor,
            made=clock.now(),
            expires=clock.now() + for_so_long,
        )
        detail = filters.search.detail() | {"before": str(size), "days": str(days)}
        _tell(viewer, row, filters.search.about, reason.strip(), detail)
    return row


def _is_twice(row: SharedExtract, for_so_long: timedelta) -> bool:
    """Tell whether a button was pressed twice: the same, for as many days, a moment ago."""
    is_same = abs(row.expires - row.made - for_so_long) < TWICE
    return is_same and row.made > clock.now() - TWICE


def _tell(
    viewer: Viewer, row: SharedExtract, about: tuple[UUID, ...], reason: str, detail: dict[str, str]
) -> None:
    """Tell the trail what was shared and why, and the colleague that something was."""
    subjects = _of_extract(row, about)
    record(viewer, OfficeEvent.EXTRACT_SHARE, subjects=subjects, reason=reason, detail=detail)
    queue.put(
        write_to_member,
        organisation=viewer.organisation,
        key=(row.pk, row.colleague, MemberLetter.TRAIL_SHARED),
        account=row.colleague,
        letter=MemberLetter.TRAIL_SHARED,
    )


def need_sharing(viewer: Viewer) -> None:
    """Raise NotPermitted unless the viewer's own role reads the trail.

    Whoever reads it for a while would hand on what outlasts that.
    """
    allow(viewer, OfficePermission.TRAIL_READ)
    if not may_share(viewer):
        raise NotPermitted


def count_in(viewer: Viewer, filters: Filters, *, before: int | None = None) -> int:
    """Count the entries that would be shared, before an index of the log.

    0 where filters leave nothing out or find nothing; more than `MOST_SHARED` also where it would
    have to be looked for through `MOST_PORTIONS` of the log. Nothing is recorded.
    """
    if not filters.is_narrowed or filters.is_about_wrong:
        return 0
    return audit.count_of(
        viewer, filters.search, most=MOST_SHARED, before=before, portions=MOST_PORTIONS
    )


def _shared_lately(viewer: Viewer) -> int:
    """Count the entries that this viewer has shared within a day, taken back or not."""
    made = SharedExtract.objects.filter(organisation=viewer.organisation, by=viewer.actor)
    found = made.filter(made__gt=clock.now() - A_DAY).values_list("count", flat=True)
    return sum(found)


def take_back(viewer: Viewer, *, extract: UUID) -> None:
    """Take a shared part back at once; once it is over, nothing changes. Raises OutOfReach."""
    allow(viewer, OfficePermission.TRAIL_READ)
    with wall.writing(viewer.organisation):
        rows = SharedExtract.objects.select_for_update(no_key=True)
        row: SharedExtract = within_reach(rows, pk=extract)
        if row.is_open:
            _end(viewer, row)


def _end(viewer: Viewer, row: SharedExtract) -> None:
    row.end()
    record(viewer, OfficeEvent.EXTRACT_WITHDRAW, subjects=_of_extract(row))


def take_from(viewer: Viewer, account: UUID) -> Iterator[Held]:
    """End what of the trail is shared with somebody who leaves. Inside the caller's wall."""
    return lending.take_from(viewer, account, SharedExtract.objects.all(), EXTRACT)


def _of_extract(row: SharedExtract, about: tuple[UUID, ...] = ()) -> tuple[Subject, ...]:
    return Subject(EXTRACT, (row.pk,), (), about), Subject(ACCOUNT, (row.colleague,))
