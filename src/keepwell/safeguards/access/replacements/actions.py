"""Starting, confirming and stopping the replacement of a colleague's second step.

It gives nobody anything: the member follows a link from the mail, with the password, and only after
a wait in which whoever was told can stop it (docs/decisions/0015-a-colleague-replaces.md). An
account may enter other organisations; their trails say that it happened, and not by whom.
"""

from enum import StrEnum
from uuid import UUID

from django.db import transaction

from keepwell.safeguards.access.errors import NotPermitted, OutOfReach, OwnMembership
from keepwell.safeguards.access.members.actions import allow_role
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import allow, role_of, within_reach
from keepwell.safeguards.access.replacements.errors import OnTheServerOnly
from keepwell.safeguards.access.replacements.notes import note, others_of
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.turns import take_turn
from keepwell.safeguards.identity import replacements
from keepwell.safeguards.identity.events import IdentityKind
from keepwell.safeguards.identity.models import FactorReplacement, User
from keepwell.safeguards.identity.replacements import SETTLED, Ended, last_reset
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer


class IdentityCheck(StrEnum):
    """How somebody made sure who asks (NIST 800-63B 6.1.2.3: as at the first enrolment)."""

    CALLED_BACK = "called-back"
    IN_PERSON = "in-person"
    ON_VIDEO = "on-video"


def start(
    viewer: Viewer, *, membership: UUID, check: IdentityCheck, reason: str
) -> FactorReplacement:
    """Start a replacement for a colleague whose identity the viewer has checked.

    Only an owner starts it for an owner, nobody for themselves. Raises ReplacementStands, and
    OnTheServerOnly for whoever owns another organisation too.
    """
    allow(viewer, AccessPermission.SECOND_STEP_REPLACE)
    with transaction.atomic():
        with wall.writing(viewer.organisation):
            take_turn(viewer)
            user = _colleague(viewer, membership)
        others = others_of(viewer, user)
        if any(role_of(user.pk, one) is Role.OWNER for one in others):
            raise OnTheServerOnly
        one = replacements.begin(user.pk, organisation=viewer.organisation, by=_actor(viewer))
        detail = {"check": str(check)}
        note(viewer, IdentityKind.REPLACEMENT_START, one, others, reason=reason, detail=detail)
    return one


def confirm(
    viewer: Viewer, *, membership: UUID, check: IdentityCheck, reason: str
) -> FactorReplacement:
    """Confirm a replacement as a second colleague: it opens at once. Again does nothing more.

    The whole wait counts where the account may enter other organisations, where its password was
    reset by mail within a day, and where the second colleague was let in less than a day before it
    was started: one alone could have brought that about.

    Raises NotPermitted for whoever started it, OwnMembership for the member.
    """
    allow(viewer, AccessPermission.SECOND_STEP_REPLACE)
    with transaction.atomic():
        with wall.writing(viewer.organisation):
            take_turn(viewer)
            user = _colleague(viewer, membership)
        one = _standing(user)
        if one.organisation != viewer.organisation:
            raise OutOfReach
        if one.started_by == viewer.actor:
            raise NotPermitted
        others = others_of(viewer, user)
        is_quicker = not others and not last_reset(user.pk) and _is_settled(viewer, one)
        if replacements.confirm(one, by=_actor(viewer), opens_now=is_quicker):
            kind, detail = IdentityKind.REPLACEMENT_CONFIRM, {"check": str(check)}
            note(viewer, kind, one, others, reason=reason, detail=detail)
    return _standing(user)


def stop(viewer: Viewer, *, membership: UUID) -> FactorReplacement | None:
    """Stop what stands for a colleague, whichever organisation started it; None when none stands.

    It asks for no reason and no second proof: to stop must be quick, and gives nobody anything.
    """
    allow(viewer, AccessPermission.SECOND_STEP_REPLACE)
    with transaction.atomic():
        with wall.writing(viewer.organisation):
            user = _present(membership).user
        one = replacements.end_that_of(user.pk, Ended.STOPPED_BY_COLLEAGUE)
        if one is not None:
            detail = {"because": str(Ended.STOPPED_BY_COLLEAGUE)}
            others = others_of(viewer, user)
            note(viewer, IdentityKind.REPLACEMENT_STOP, one, others, detail=detail)
    return one


def _is_settled(viewer: Viewer, one: FactorReplacement) -> bool:
    """Tell whether the viewer was let in well before the replacement was started."""
    with wall.reading(viewer.organisation):
        present = Membership.objects.filter(user=viewer.actor, ended__isnull=True)
        return present.filter(approved__lt=one.started - SETTLED).exists()


def _colleague(viewer: Viewer, membership: UUID) -> User:
    row = _present(membership)
    if row.user_id == viewer.actor:
        raise OwnMembership
    allow_role(viewer, row.role)
    user: User = row.user
    return user


def _present(membership: UUID) -> Membership:
    """Return a member's row; whoever only waits to be let in is none of this organisation's yet."""
    present = Membership.objects.filter(approved__isnull=False, ended__isnull=True)
    row: Membership = within_reach(present.select_related("user"), pk=membership)
    return row


def _standing(user: User) -> FactorReplacement:
    one = replacements.standing_of(user.pk)
    if one is None:
        raise OutOfReach
    return one


def _actor(viewer: Viewer) -> UUID:
    if viewer.actor is None:
        raise NotPermitted
    return viewer.actor
