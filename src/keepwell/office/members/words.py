"""How members, invitations and what ended are told on their pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Self
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from keepwell.jobs.declaring import kind_of
from keepwell.office.mail.waiting import with_letter
from keepwell.safeguards.access import registry
from keepwell.safeguards.access.duties import Duty
from keepwell.safeguards.access.invitations.actions import MOST_LETTERS
from keepwell.safeguards.access.locations.placing import MEMBERSHIP, Locations
from keepwell.safeguards.access.locations.queries import names_at
from keepwell.safeguards.access.models import EndedAccess, EndedKind, Invitation, Membership
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.proposals.acts import act_of
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit.payloads import Payload
from keepwell.safeguards.identity.models import LinkPurpose
from keepwell.safeguards.identity.queries import names_of
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.shell import moments
from keepwell.shell.moments import Style
from keepwell.shell.trail_lines import who_of
from keepwell.toolkit.clock import now

_KINDS: Mapping[str, tuple[Promise, str]] = {
    EndedKind.DUTY: (gettext_lazy("Place of an officer"), "people"),
    EndedKind.ELEVATION: (gettext_lazy("Access given for a while"), "key"),
    EndedKind.EMERGENCY: (gettext_lazy("Emergency access"), "lock-open"),
    EndedKind.JOB: (gettext_lazy("Work that waited or ran"), "clock"),
    EndedKind.LINK: (gettext_lazy("Link by mail"), "link"),
    EndedKind.MEMBERSHIP: (gettext_lazy("Membership"), "key"),
    EndedKind.PROPOSAL: (gettext_lazy("Proposed or confirmed, and not done"), "people"),
    EndedKind.REPLACEMENT: (gettext_lazy("New second step of a colleague"), "key"),
    EndedKind.RESERVATION: (gettext_lazy("Named for what is kept"), "lock"),
    EndedKind.SESSION: (gettext_lazy("Session"), "person"),
    EndedKind.SHARE: (gettext_lazy("Shared by a colleague"), "send"),
    EndedKind.SIGN_IN: (gettext_lazy("Sign-in half done"), "person"),
    EndedKind.TRUST: (gettext_lazy("Device that was trusted"), "key"),
}
_LINKS: Mapping[str, Promise] = {
    LinkPurpose.JOIN: gettext_lazy("an invitation"),
    LinkPurpose.REPLACE_FACTOR: gettext_lazy("a new second step"),
    LinkPurpose.RESET_PASSWORD: gettext_lazy("a new password"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Somebody who waits to be let in."""

    row: Membership
    role: Promise
    where: str
    inviter: str
    may_let_in: bool
    may_turn_down: bool

    @classmethod
    def of(
        cls, viewer: Viewer, row: Membership, inviters: Mapping[UUID, str], where: str = ""
    ) -> Self:
        """Tell of a pending membership what this viewer may do about it."""
        by = inviter_of(row)
        return cls(
            row=row,
            role=Role(row.role).label,
            where=where,
            inviter=inviters.get(by, "") if by else "",
            may_let_in=_may(viewer, AccessPermission.MEMBER_APPROVE, row.role),
            may_turn_down=_may(viewer, AccessPermission.MEMBER_END, row.role),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Somebody who has a letter with a link."""

    one: Invitation
    role: Promise
    where: str
    inviter: str
    is_past: bool
    may_change: bool

    @classmethod
    def of(
        cls, viewer: Viewer, one: Invitation, inviters: Mapping[UUID, str], where: str = ""
    ) -> Self:
        """Tell of an open invitation what this viewer may do about it."""
        return cls(
            one=one,
            role=Role(one.role).label,
            where=where,
            inviter=inviters.get(one.invited_by, "") if one.invited_by else "",
            is_past=one.expires <= now(),
            may_change=_may(viewer, AccessPermission.MEMBER_ADD, one.role),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Somebody who works here."""

    row: Membership
    role: Promise
    where: str
    is_me: bool
    may_change: bool
    may_end: bool

    @classmethod
    def of(cls, viewer: Viewer, row: Membership, where: str = "") -> Self:
        """Tell of a member what this viewer may do about the person."""
        is_me = row.user_id == viewer.actor
        return cls(
            row=row,
            role=Role(row.role).label,
            where=where,
            is_me=is_me,
            may_change=not is_me and _may(viewer, AccessPermission.MEMBER_CHANGE, row.role),
            may_end=not is_me and _may(viewer, AccessPermission.MEMBER_END, row.role),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """One line of the report of somebody who left."""

    what: Promise
    icon: str
    words: str
    address: str
    begun: datetime | None
    ended: datetime

    @classmethod
    def of(cls, one: EndedAccess) -> Self:
        """Tell what ended, in words."""
        what, icon = _KINDS[one.kind]
        return cls(
            what=what,
            icon=icon,
            words=_told(one),
            address=one.address,
            begun=one.begun,
            ended=one.ended,
        )


@dataclass(frozen=True, slots=True)
class End:
    """Who ended a membership, and why, as the trail tells it."""

    who: str
    reason: str

    @classmethod
    def of(cls, viewer: Viewer, payload: Payload) -> Self:
        """Read an opened entry."""
        names = names_of([payload.actor] if payload.actor else [])
        name = names.get(payload.actor) if payload.actor else ""  # on paper nobody is "you"
        return cls(name or who_of(viewer, payload, names), payload.reason)


def inviter_of(row: Membership) -> UUID | None:
    """Return whose invitation led to a membership; None for one made in another way."""
    invitation = getattr(row, "invitation", None)
    return invitation.invited_by if invitation else None


def invited(name: str) -> str:
    """Say what happens next to somebody who was invited: the same for every address."""
    said = _("%(name)s is invited. The link in the letter works once, for 72 hours.")
    return with_letter(said % {"name": name})


def signed_out(name: str, count: int) -> str:
    """Say how many sessions ended; that there was none is said, too."""
    if not count:
        return _("%(name)s was not signed in. Devices are not trusted any more.") % {"name": name}
    said = ngettext(
        "%(count)s session of %(name)s is ended. Devices are not trusted any more.",
        "%(count)s sessions of %(name)s are ended. Devices are not trusted any more.",
        count,
    )
    return said % {"name": name, "count": count}


def too_many(again: datetime, zone: tzinfo) -> str:
    """Say that no more letters go out for now, and from when on they do again."""
    # The minute after: at the minute itself the hour may still lack some seconds.
    moment = again + timedelta(minutes=1)
    when = moments.said(moment, now=now(), zone=zone, style=Style.WITHIN, is_working=True)
    said = _(
        "%(most)s invitations were sent within an hour, which is as many as may be. Nothing was "
        "sent now. The next one can go %(when)s."
    )
    return said % {"most": MOST_LETTERS, "when": when}


def standing_of(viewer: Viewer, row: Membership, where: Locations) -> str:
    """Say what a member is now: the role, and at which locations if not at all of them."""
    role = str(Role(row.role).label)
    if where is None:
        return role
    names = names_at(viewer, MEMBERSHIP, [row.pk]).get(row.pk, [])
    return _("%(role)s at %(locations)s") % {"role": role, "locations": ", ".join(names)}


def is_out_of_hand(viewer: Viewer, row: Membership) -> bool:
    """Tell whether only an owner may do this, and the viewer is none."""
    return row.role == Role.OWNER and viewer.role != Role.OWNER


def _may(viewer: Viewer, permission: AccessPermission, role: str) -> bool:
    return may(viewer, permission) and not (role == Role.OWNER and viewer.role != Role.OWNER)


def _told(one: EndedAccess) -> str:
    if one.kind == EndedKind.MEMBERSHIP:
        return str(Role(one.words).label)
    if one.kind == EndedKind.DUTY:
        return str(Duty(one.words).label)
    if one.kind == EndedKind.LINK:
        return str(_LINKS.get(one.words, one.words))
    if one.kind in (EndedKind.JOB, EndedKind.PROPOSAL):
        kind = kind_of(one.words) if one.kind == EndedKind.JOB else act_of(one.words)
        return str(kind.title) if kind else one.words
    if one.kind in (EndedKind.RESERVATION, EndedKind.SHARE):
        known = registry.record_words(one.words)
        return str(known.counted % {"count": 1}) if known else one.words
    return one.words
