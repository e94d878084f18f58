"""Letting in, another role, leaving, coming back: each one act with a reason on the trail.

Only an owner gives or takes an owner's rights, nobody changes the own membership, and the last
owner stays. The organisation's row is locked meanwhile, so that two owners cannot end each other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction

from keepwell.jobs import queue
from keepwell.safeguards.access import registry
from keepwell.safeguards.access.errors import (
    LastOwner,
    NoSecondStep,
    NotPermitted,
    OwnMembership,
)
from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.access.falling_back import actions as falling_back
from keepwell.safeguards.access.giving.queries import let_others_look
from keepwell.safeguards.access.locations.placing import (
    INVITATION,
    MEMBERSHIP,
    Locations,
    at,
    place,
    placed,
    take_away,
)
from keepwell.safeguards.access.members.naming import about, check_owner
from keepwell.safeguards.access.members.queries import is_last_owner
from keepwell.safeguards.access.models import (
    Elevation,
    EmergencyAccess,
    EndedAccess,
    EndedKind,
    Invitation,
    Membership,
    Officer,
)
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.proposals.endings import actions as endings
from keepwell.safeguards.access.queries import allow, within_reach
from keepwell.safeguards.access.raising import ELEVATION, EMERGENCY, Fell
from keepwell.safeguards.access.replacements.notes import note, others_of
from keepwell.safeguards.access.reserving import kept_for
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.access.turns import take_turn
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.identity import (
    accounts,
    devices,
    links,
    replacements,
    second_factor,
    sessions,
    trusts,
)
from keepwell.safeguards.identity.events import IdentityKind
from keepwell.safeguards.identity.models import FactorReplacement, LinkPurpose, SessionRecord, Stage
from keepwell.safeguards.identity.sessions import Ending
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit.clock import now


@dataclass(frozen=True, slots=True)
class Changed:
    """A membership that was changed or has ended, and the new second steps that ended with it."""

    row: Membership
    stopped: tuple[FactorReplacement, ...] = ()

    @property
    def of_others(self) -> tuple[FactorReplacement, ...]:
        """Those of colleagues: somebody has to tell them."""
        return tuple(one for one in self.stopped if one.user_id != self.row.user_id)


def allow_role(viewer: Viewer, role: str) -> None:
    """Raise NotPermitted when this viewer may not give or take this role: owners make owners."""
    if role == Role.OWNER and viewer.role != Role.OWNER and viewer.kind is not ViewerKind.CONSOLE:
        raise NotPermitted


def approve(viewer: Viewer, *, membership: UUID, reason: str) -> Membership | None:
    """Let somebody in who accepted an invitation; None when the person is in already.

    `reason` says how the viewer knows that it is this person (45 CFR 164.308(a)(4)(ii)(B)).
    Raises OthersAreAsked for whoever would give more than they may do themselves (`access.giving`).
    """
    allow(viewer, AccessPermission.MEMBER_APPROVE)
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        row = _row(membership, ended__isnull=True)
        if row.approved is not None:
            return None
        allow_role(viewer, row.role)
        if not second_factor.has_second_step(row.user):
            raise NoSecondStep
        let_others_look(viewer, row, row.role)
        row.approved = now()
        row.save(update_fields=["approved"])
        detail = {"role": row.role}
        record(viewer, AccessKind.MEMBER_APPROVE, subjects=about(row), reason=reason, detail=detail)
    return row


def move(
    viewer: Viewer, *, membership: UUID, role: Role, locations: Locations, reason: str
) -> Changed:
    """Move a member to another role, other locations or both; None: to all locations.

    Open sessions and waiting jobs have it from the next step on, and what the member proposed and
    may not any more is withdrawn; with another role, so is a new second step of a colleague that
    stands on the member's word. Raises LocationUnknown, OwnerEverywhere for an owner of some
    locations only, and OthersAreAsked as `approve` does.
    """
    allow(viewer, AccessPermission.MEMBER_CHANGE)
    check_owner(role, locations)
    with transaction.atomic():
        moved = _move(viewer, membership, role, locations, reason)
        _note_stops(viewer, moved)
    return moved


def _move(
    viewer: Viewer, membership: UUID, role: Role, locations: Locations, reason: str
) -> Changed:
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        row = _row(membership, ended__isnull=True)
        _refuse_over(viewer, row, is_owner_kept=role is Role.OWNER)
        allow_role(viewer, role)
        before = None if row.is_everywhere else placed(MEMBERSHIP, row.pk)
        if (row.role, before) == (role, locations):
            return Changed(row)
        let_others_look(viewer, row, role)
        is_other_role = row.role != role
        detail = {"before": row.role, "role": role.value}
        row.role, row.is_everywhere = role.value, locations is None
        row.save(update_fields=["role", "is_everywhere"])
        place(viewer.organisation, MEMBERSHIP, row.pk, locations)
        falling_back.end_those_of(viewer, row, Fell.ROLE_CHANGED)
        endings.end_those_of(viewer, row.user_id, Fell.ROLE_CHANGED)
        subjects = (*about(row), *at(locations))
        record(viewer, AccessKind.MEMBER_CHANGE, subjects=subjects, reason=reason, detail=detail)
        moved = replacements.Ended.COLLEAGUE_MOVED
        stopped = tuple(_stop_vouched(viewer, row, moved)) if is_other_role else ()
    return Changed(row, stopped)


def end(viewer: Viewer, *, membership: UUID, reason: str) -> Changed:
    """End a membership and all that hangs on it, at once; again does nothing more.

    Sessions here, sign-ins half done, links, jobs and proposals end in the transaction that ends
    the membership. The row stays: the trail speaks of it (45 CFR 164.308(a)(3)(ii)(C)).
    """
    allow(viewer, AccessPermission.MEMBER_END)
    with transaction.atomic():
        left = _end(viewer, membership, reason)
        _note_stops(viewer, left)
    return left


def _note_stops(viewer: Viewer, changed: Changed) -> None:
    """Tell the trails of every organisation that the accounts may enter."""
    for one in changed.stopped:
        detail = {"because": one.ended_because}
        others = others_of(viewer, one.user)
        note(viewer, IdentityKind.REPLACEMENT_STOP, one, others, detail=detail)


def end_sessions(viewer: Viewer, *, membership: UUID, reason: str) -> int:
    """End a member's sessions here, sign-ins half done, and trusted devices; count the sessions.

    The membership stays: the person signs in again, with both steps. At once, for an account that
    somebody else may hold (ASVS 7.4.5). A device is trusted for the account, wherever it works. Of
    somebody whose membership has ended only what still stands here: the rest is not ours.
    """
    allow(viewer, AccessPermission.MEMBER_END)
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        row = _row(membership, approved__isnull=False)
        _refuse_over(viewer, row, is_owner_kept=True)
        accounts.hold(row.user_id)  # nobody begins to trust a device meanwhile
        ended, trusted = _cut_off(row)
        subjects = [*about(row)]
        if ended:
            subjects.append(Subject("identity.sessionrecord", tuple(one.pk for one in ended)))
        detail = {"sessions": str(len(ended)), "devices": str(trusted)}
        kind = AccessKind.MEMBER_SIGN_OUT
        record(viewer, kind, subjects=subjects, reason=reason, detail=detail)
    return len(ended)


def _cut_off(row: Membership) -> tuple[list[SessionRecord], int]:
    """End what stands of an account; return its sessions, and how many devices were trusted."""
    because, is_here = Ending.ENDED_BY_COLLEAGUE, row.ended is None
    account, organisation = row.user_id, row.organisation_id
    ended = sessions.end_those_of(account, organisation, because, half_done=is_here)
    if not is_here:
        return ended, 0
    devices.forget_everywhere(account)
    return ended, trusts.end_all_of(account)


def _end(viewer: Viewer, membership: UUID, reason: str) -> Changed:
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        row = _row(membership)
        if row.ended is not None:
            return Changed(row)
        accounts.hold(row.user_id)  # nobody begins to trust a device meanwhile
        _refuse_over(viewer, row)
        row.ended = now()
        row.save(update_fields=["ended"])
        take_away(MEMBERSHIP, row.pk)
        left = Changed(row, tuple(_stop_replacements(viewer, row)))
        ended = list(_ended(viewer, left))
        accounts.close_door(row.user_id, viewer.organisation)
        EndedAccess.objects.bulk_create(ended)
        _record_end(viewer, row, ended, reason)
    return left


def _stop_replacements(viewer: Viewer, row: Membership) -> Iterator[FactorReplacement]:
    """Stop new second steps that were started here; yield each for the trails that know of it.

    The person's own, and those of others that stand on the person's word: who is it that asked?
    What another organisation has started goes on: it answers for the person there.
    """
    own = replacements.Ended.MEMBERSHIP_ENDED
    one = replacements.standing_of(row.user_id)
    if one is not None and one.organisation == viewer.organisation and replacements.end(one, own):
        one.ended_because = own
        yield one
    yield from _stop_vouched(viewer, row, replacements.Ended.COLLEAGUE_LEFT)


def _stop_vouched(
    viewer: Viewer, row: Membership, because: replacements.Ended
) -> Iterator[FactorReplacement]:
    """Stop new second steps of others that the person has started or confirmed here."""
    organisation = viewer.organisation
    for one in replacements.end_those_by(row.user_id, organisation=organisation, because=because):
        one.ended_because = because
        yield one


def readmit(
    viewer: Viewer, *, membership: UUID, role: Role, locations: Locations, reason: str
) -> Membership | None:
    """Let somebody back in who had left, as a new membership; None when the person is back.

    Raises as `move` does.
    """
    allow(viewer, AccessPermission.MEMBER_APPROVE)
    check_owner(role, locations)
    with wall.writing(viewer.organisation):
        take_turn(viewer)
        former = _row(membership, ended__isnull=False, approved__isnull=False)
        allow_role(viewer, role)
        if Membership.objects.filter(user=former.user, ended__isnull=True).exists():
            return None
        let_others_look(viewer, former, role)
        row: Membership = Membership.objects.create(
            organisation_id=viewer.organisation,
            user=former.user,
            role=role,
            is_everywhere=locations is None,
            approved=now(),
        )
        place(viewer.organisation, MEMBERSHIP, row.pk, locations)
        accounts.open_door(former.user_id, viewer.organisation)
        detail = {"role": role.value}
        subjects = (*about(row), *at(locations))
        record(viewer, AccessKind.MEMBER_RETURN, subjects=subjects, reason=reason, detail=detail)
    return row


def _row(membership: UUID, **which: bool) -> Membership:
    rows = Membership.objects.select_related("user").filter(**which)
    found: Membership = within_reach(rows, pk=membership)
    return found


def _refuse_over(viewer: Viewer, row: Membership, *, is_owner_kept: bool = False) -> None:
    if row.user_id == viewer.actor:
        raise OwnMembership
    allow_role(viewer, row.role)
    if not is_owner_kept and is_last_owner(viewer, row.pk):
        raise LastOwner


def _kind_of(raised: Elevation | EmergencyAccess) -> EndedKind:
    is_emergency = isinstance(raised, EmergencyAccess)
    return EndedKind.EMERGENCY if is_emergency else EndedKind.ELEVATION


def _ended_one(row: Membership, kind: EndedKind, what: UUID, **facts: object) -> EndedAccess:
    return EndedAccess(
        organisation_id=row.organisation_id,
        membership=row,
        kind=kind.value,
        about=what,
        ended=now(),
        **facts,
    )


def _ended(viewer: Viewer, left: Changed) -> Iterator[EndedAccess]:
    """End what hangs on a membership; yield each thing as the report tells it."""
    row = left.row
    ended = partial(_ended_one, row)
    yield ended(EndedKind.MEMBERSHIP, row.pk, begun=row.approved or row.joined, words=row.role)
    for raised in falling_back.end_those_of(viewer, row, Fell.MEMBERSHIP_ENDED):
        yield ended(_kind_of(raised), raised.pk)
    yield from _named(row)
    yield from _shared(viewer, row)
    yield from _agreed_on(viewer, row)
    because = Ending.MEMBERSHIP_ENDED
    for session in sessions.end_those_of(row.user_id, row.organisation_id, because):
        kind = EndedKind.SESSION if session.stage == Stage.FULL else EndedKind.SIGN_IN
        where = {"words": session.device, "address": session.address}
        yield ended(kind, session.pk, begun=session.created, **where)
    yield from _trusted(row)
    open_ones = {"email": row.user.email, "membership__isnull": True, "withdrawn__isnull": True}
    for invitation in Invitation.objects.filter(**open_ones):
        Invitation.objects.filter(pk=invitation.pk).update(withdrawn=now())
        take_away(INVITATION, invitation.pk)
        links.end_those_about(invitation.pk)
        yield ended(EndedKind.LINK, invitation.pk, begun=invitation.created, words="join")
    yield from _stopped(left)
    for link in links.end_those_of(row.user_id):
        yield ended(EndedKind.LINK, link.pk, words=link.purpose)
    for job in queue.cancel_started_by(row.user_id, organisation=row.organisation_id):
        yield ended(EndedKind.JOB, job.id, begun=job.created, words=job.name)


def _named(row: Membership) -> Iterator[EndedAccess]:
    """Tell of what somebody was named for: an officer's place, records kept for few."""
    for officer in Officer.objects.filter(membership=row):
        facts = {"begun": officer.named, "words": officer.duty}
        yield _ended_one(row, EndedKind.DUTY, officer.pk, **facts)
    for kept in kept_for(row.pk):
        facts = {"begun": kept.named, "words": kept.model}
        yield _ended_one(row, EndedKind.RESERVATION, kept.about, **facts)


def _shared(viewer: Viewer, row: Membership) -> Iterator[EndedAccess]:
    """End what colleagues shared with somebody, and tell of it."""
    for held in registry.take_from(viewer, row.user_id):
        facts = {"begun": held.begun, "words": held.model}
        yield _ended_one(row, EndedKind.SHARE, held.id, **facts)


def _agreed_on(viewer: Viewer, row: Membership) -> Iterator[EndedAccess]:
    """Withdraw what somebody proposed or confirmed, and tell of it."""
    for one in endings.end_those_of(viewer, row.user_id, Fell.MEMBERSHIP_ENDED):
        is_own = one.proposed_by == row.user_id
        facts = {"begun": one.proposed if is_own else one.confirmed, "words": one.act}
        yield _ended_one(row, EndedKind.PROPOSAL, one.pk, **facts)


def _stopped(left: Changed) -> Iterator[EndedAccess]:
    """Tell of new second steps that were stopped: the link to an own one, and those of others."""
    for one in left.stopped:
        is_own = one.user_id == left.row.user_id
        kind = EndedKind.LINK if is_own else EndedKind.REPLACEMENT
        words = LinkPurpose.REPLACE_FACTOR if is_own else ""
        yield _ended_one(left.row, kind, one.pk, begun=one.started, words=words)


def _trusted(row: Membership) -> Iterator[EndedAccess]:
    """Tell of the devices that were trusted here: the door that is closed ends them.

    What another organisation allows is none of this one's business.
    """
    days, since = trusts.policy_of(row.organisation_id)
    held = trusts.kept_of(row.user_id) if days else []
    for device in (one for one in held if since is None or one.created >= since):
        facts = {"begun": device.created, "words": device.device, "address": device.address}
        yield _ended_one(row, EndedKind.TRUST, device.pk, **facts)


_MODELS: dict[str, str] = {
    EndedKind.DUTY: "access.officer",
    EndedKind.ELEVATION: ELEVATION,
    EndedKind.EMERGENCY: EMERGENCY,
    EndedKind.JOB: "jobs.job",
    EndedKind.LINK: "identity.onetimelink",
    EndedKind.PROPOSAL: "access.proposal",
    EndedKind.SESSION: "identity.sessionrecord",
    EndedKind.SIGN_IN: "identity.sessionrecord",
}


_IN_WORDS = frozenset({EndedKind.RESERVATION, EndedKind.SHARE})


def _record_end(viewer: Viewer, row: Membership, ended: list[EndedAccess], reason: str) -> None:
    by_model: dict[str, list[UUID]] = {}
    for one in ended:
        model = one.words if one.kind in _IN_WORDS else _MODELS.get(one.kind)
        if model:
            by_model.setdefault(model, []).append(one.about)
    subjects = [Subject(model, tuple(ids)) for model, ids in sorted(by_model.items())]
    record(
        viewer,
        AccessKind.MEMBER_END,
        subjects=(*about(row), *subjects),
        reason=reason,
        detail={"before": row.role},
    )
