"""Naming an officer: one act of an owner with a reason on the trail."""

from uuid import UUID

from keepwell.safeguards.access.duties import Duty
from keepwell.safeguards.access.errors import CannotServe
from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.access.models import Membership, Officer
from keepwell.safeguards.access.officers.queries import is_able
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import allow, within_reach
from keepwell.safeguards.access.turns import take_turn
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit.clock import now

MODEL = "access.officer"


def name_officer(
    viewer: Viewer, *, duty: Duty, membership: UUID | None, reason: str
) -> Membership | None:
    """Let a member serve as an officer in place of who did, or nobody; return whom, if changed.

    Raises CannotServe for a member whose role does not open the trail.
    """
    allow(viewer, AccessPermission.OFFICER_NAME)
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        member = None if membership is None else _able(viewer, membership)
        row = Officer.objects.filter(duty=duty.value).first()
        if (row.membership_id if row else None) == membership:
            return None  # the button was pressed twice
        row = row or Officer(organisation_id=viewer.organisation, duty=duty.value)
        row.membership, row.named = member, now()
        row.save()
        _record(viewer, row, member, reason)
    return member


def _able(viewer: Viewer, membership: UUID) -> Membership:
    present = Membership.objects.select_related("user").filter(
        ended__isnull=True, approved__isnull=False
    )
    found: Membership = within_reach(present, pk=membership)
    if not is_able(viewer, found.pk):
        raise CannotServe
    return found


def _record(viewer: Viewer, row: Officer, member: Membership | None, reason: str) -> None:
    subjects = [Subject(model=MODEL, ids=(row.pk,))]
    if member is not None:
        subjects.append(Subject(model="access.membership", ids=(member.pk,)))
        subjects.append(Subject(model="identity.user", ids=(member.user_id,)))
    kind = AccessKind.OFFICER_NAME if member else AccessKind.OFFICER_RELEASE
    record(viewer, kind, subjects=subjects, reason=reason, detail={"duty": row.duty})
