"""What members do with what they narrow the trail by: name it for themselves, share what it finds.

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
from keepwell.office.trail.queries import MOST_VIEWS, extracts_within, views_of
from keepwell.safeguards.access.errors import OutOfReach
from keepwell.safeguards.access.manifest import Held
from keepwell.safeguards.access.queries import allow, role_of, within_reach
from keepwell.safeguards.audit import queries as audit
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.persons.errors import ReasonMissing
from keepwell.safeguards.persons.shares.actions import ACCOUNT, MOST_DAYS
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import clock

EXTRACT = "office.sharedextract"
MOST_PORTIONS = 20
MOST_SHARED = 1_000  # entries: as many as one person may take in files within a day


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


def share(
    viewer: Viewer, *, filters: Filters, colleague: UUID, days: int, reason: str
) -> tuple[SharedExtract, bool]:
    """Share what filters find now, for some days, and tell the colleague; or do neither.

    Return it and whether it is new: the same that is shared with that colleague already stays as it
    is. Raises NotAnExtract, ReasonMissing, and OutOfReach for whoever does not work here.
    """
    allow(viewer, OfficePermission.TRAIL_READ)
    if not reason.strip():
        raise ReasonMissing
    if colleague == viewer.actor or role_of(colleague, viewer.organisation) is None:
        raise OutOfReach
    if not is_extract(viewer, filters):
        raise NotAnExtract
    size = audit.state(viewer).size
    with wall.writing(viewer.organisation):
        # One after another: two clicks share once.
        Organisation.held(viewer.organisation)
        for already in extracts_within(viewer).filter(asked=filters.asked, colleague=colleague):
            return already, False
        row = SharedExtract.objects.create(
            organisation_id=viewer.organisation,
            asked=filters.asked,
            size=size,
            colleague=colleague,
            by=viewer.actor,
            expires=clock.now() + timedelta(days=max(1, min(days, MOST_DAYS))),
        )
        record(
            viewer,
            OfficeEvent.EXTRACT_SHARE,
            subjects=_of_extract(row),
            reason=reason.strip(),
            detail=filters.search.detail() | {"before": str(size), "days": str(days)},
        )
        queue.put(
            write_to_member,
            organisation=viewer.organisation,
            key=(row.pk, colleague, MemberLetter.TRAIL_SHARED),
            account=colleague,
            letter=MemberLetter.TRAIL_SHARED,
        )
    return row, True


def is_extract(viewer: Viewer, filters: Filters) -> bool:
    """Tell whether filters find a part of the trail that can be shared; nothing is recorded.

    What would have to be looked for through more than `MOST_PORTIONS` of the log is too much.
    """
    if not filters.is_narrowed or filters.is_about_wrong:
        return False
    found = audit.count_of(viewer, filters.search, most=MOST_SHARED, portions=MOST_PORTIONS)
    return 0 < found <= MOST_SHARED


def take_back(viewer: Viewer, *, extract: UUID) -> None:
    """Take a shared part back at once; once it is over, nothing changes. Raises OutOfReach."""
    allow(viewer, OfficePermission.TRAIL_READ)
    with wall.writing(viewer.organisation):
        rows = SharedExtract.objects.select_for_update(no_key=True)
        row: SharedExtract = within_reach(rows, pk=extract)
        if row.is_open:
            row.ended = clock.now()
            row.save(update_fields=["ended"])
            record(viewer, OfficeEvent.EXTRACT_WITHDRAW, subjects=_of_extract(row))


def take_from(viewer: Viewer, account: UUID) -> Iterator[Held]:
    """End what of the trail is shared with somebody who leaves. Inside the caller's wall."""
    for row in extracts_within(viewer).filter(colleague=account).order_by("id"):
        row.ended = clock.now()
        row.save(update_fields=["ended"])
        yield Held(EXTRACT, row.pk, row.made)


def _of_extract(row: SharedExtract) -> tuple[Subject, ...]:
    return Subject(EXTRACT, (row.pk,)), Subject(ACCOUNT, (row.colleague,))
