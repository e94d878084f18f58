"""What somebody has yet to accept, what the organisation adds, and who accepted what when."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models

from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.paging import Part, called, part_of
from keepwell.safeguards.access.queries import allow, present_members
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.consent.models import Acceptance, RulesAddition
from keepwell.safeguards.consent.permissions import ConsentPermission
from keepwell.safeguards.consent.terms.texts import PRESENT, Kind, text_of
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer

NO_ADDITION = 0


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a text: Keepwell's number, and the number of what the organisation adds."""

    kind: Kind
    number: int
    addition: int = NO_ADDITION

    @property
    def code(self) -> str:
        """How a page carries it: what was shown is what is accepted."""
        return f"{self.kind}-{self.number}-{self.addition}"

    @property
    def words(self) -> str:
        """How people read it: 1, or 1.2 with the organisation's second addition."""
        return f"{self.number}.{self.addition}" if self.addition else str(self.number)


@dataclass(frozen=True, slots=True)
class Text:
    """A version with its words: Keepwell's, and the organisation's own."""

    version: Version
    own: str
    added: str


@dataclass(frozen=True, slots=True)
class Line:
    """A member, and when the present rules were accepted; None: asked at the next sign-in."""

    name: str
    email: str
    accepted: datetime | None
    before: str  # the newest earlier version that was accepted


@dataclass(frozen=True, slots=True)
class TermsAccepted:
    """Who accepted the terms for the organisation."""

    version: str
    name: str
    moment: datetime


def owed(viewer: Viewer) -> list[Version]:
    """Return what this member has yet to accept: the terms first, where an owner is to."""
    with wall.reading(viewer.organisation):
        found = []
        terms = Version(Kind.TERMS, PRESENT[Kind.TERMS])
        if viewer.role == Role.OWNER and not _accepted(terms).exists():
            found.append(terms)
        rules = _rules_now()
        if not _accepted(rules).filter(account=_account(viewer)).exists():
            found.append(rules)
    return found


def texts(viewer: Viewer, versions: list[Version]) -> list[Text]:
    """Return these versions with their words."""
    with wall.reading(viewer.organisation):
        return [Text(one, text_of(one.kind, one.number), _added(one.addition)) for one in versions]


def rules_now(viewer: Viewer) -> Text:
    """Return the rules that hold now, with the organisation's own."""
    with wall.reading(viewer.organisation):
        version = _rules_now()
    return texts(viewer, [version])[0]


def accepted_by_me(viewer: Viewer) -> datetime | None:
    """Return when the viewer accepted the rules that hold now."""
    with wall.reading(viewer.organisation):
        row = _accepted(_rules_now()).filter(account=_account(viewer)).first()
    return row.moment if row else None


def lines(
    viewer: Viewer, *, only_missing: bool = False, like: str = "", after: UUID | None = None
) -> Part[Line]:
    """Return a page of present members, by name, and whether each accepted the rules of now.

    `only_missing` leaves those who have yet to; `like` narrows to those whose name or address holds
    each of its words; `after` is the last id of the page before.
    """
    allow(viewer, ConsentPermission.RULES_PUBLISH)
    with wall.reading(viewer.organisation):
        now = _rules_now()
        rows = _missing(viewer, now) if only_missing else present_members(viewer)
        found = called(rows.select_related("user"), like, "user__name", "user__email")
        part = part_of(found, Membership.objects.all(), "user__name", after)
        accepted: dict[UUID, list[Acceptance]] = {}
        accounts = [one.user_id for one in part.rows]
        known = Acceptance.objects.filter(kind=Kind.RULES, account__in=accounts)
        for row in known.order_by("moment"):
            accepted.setdefault(row.account, []).append(row)
    told = [_line(one, accepted.get(one.user_id, []), now) for one in part.rows]
    return Part(told, part.total, part.next, part.is_first)


def count_missing(viewer: Viewer) -> int:
    """Count the present members who have yet to accept the rules that hold now."""
    allow(viewer, ConsentPermission.RULES_PUBLISH)
    with wall.reading(viewer.organisation):
        return int(_missing(viewer, _rules_now()).count())


def _missing(viewer: Viewer, now: Version) -> "models.QuerySet[Membership]":
    accepted = _accepted(now).filter(account=models.OuterRef("user"))
    return present_members(viewer).filter(~models.Exists(accepted))


def terms_accepted(viewer: Viewer) -> list[TermsAccepted]:
    """List who accepted which version of the terms, newest first."""
    allow(viewer, ConsentPermission.RULES_PUBLISH)
    with wall.reading(viewer.organisation):
        rows = list(Acceptance.objects.filter(kind=Kind.TERMS).order_by("-moment"))
        # Whoever accepted may have left: ended memberships are kept and still know the name.
        members = Membership.objects.filter(user__in=[row.account for row in rows])
        names = {one.user_id: one.user.name for one in members.select_related("user")}
    return [TermsAccepted(str(row.version), names.get(row.account, ""), row.moment) for row in rows]


def _line(member: Membership, rows: list[Acceptance], now: Version) -> Line:
    present = [row for row in rows if (row.version, row.addition) == (now.number, now.addition)]
    earlier = [Version(Kind.RULES, row.version, row.addition).words for row in rows]
    return Line(
        name=member.user.name,
        email=member.user.email,
        accepted=present[0].moment if present else None,
        before="" if present or not earlier else earlier[-1],
    )


def _rules_now() -> Version:
    newest = RulesAddition.objects.order_by("-number").first()
    return Version(Kind.RULES, PRESENT[Kind.RULES], newest.number if newest else NO_ADDITION)


def _accepted(version: Version) -> models.QuerySet[Acceptance]:
    rows: models.QuerySet[Acceptance] = Acceptance.objects.filter(
        kind=version.kind, version=version.number, addition=version.addition
    )
    return rows


def _account(viewer: Viewer) -> UUID:
    if viewer.actor is None:
        raise LookupError("Terms and rules are a member's to accept.")
    return viewer.actor


def _added(number: int) -> str:
    row = RulesAddition.objects.filter(number=number).first()
    return str(row.text) if row else ""
