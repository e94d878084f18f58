"""What is kept for named colleagues: which rows, for whom, as a condition in queries and as an act.

A model whose rows can be kept has `is_reserved`. The row itself says that it is kept, so that a
name that is lost hides and does not show. It narrows what a role opens at a location and never
widens it; emergency access reaches past it. Everything here runs inside the caller's wall; who may
name whom is the caller's to say.
"""

from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from keepwell.safeguards.access.errors import OutOfReach
from keepwell.safeguards.access.models import Membership, Reservation
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind

_PRESENT = Q(membership__ended__isnull=True)


def kept_from(viewer: Viewer, model: str) -> Q:
    """Return the condition that rows of a model are kept for others than this viewer.

    A job counts as the member who started it. It holds for no row where no member acts, and in an
    emergency.
    """
    if viewer.sees_reserved or (member := _member_behind(viewer)) is None:
        return Q(pk__in=())
    mine = Reservation.objects.filter(
        _PRESENT, model=model, about=OuterRef("pk"), membership__user_id=member
    )
    return Q(is_reserved=True) & ~Q(Exists(mine))


def is_kept_from(viewer: Viewer) -> bool:
    """Tell whether anything at all is kept for others than this viewer."""
    rows = Reservation.objects.all()
    mine = rows.filter(_PRESENT, membership__user_id=_member_behind(viewer)).values("about")
    return bool(rows.exclude(about__in=mine).exists())


def named_for(model: str, about: UUID) -> list[Membership]:
    """Return the present members for whom a row is kept, by name."""
    rows = Reservation.objects.filter(_PRESENT, model=model, about=about)
    found = rows.select_related("membership__user").order_by("membership__user__name", "id")
    return [row.membership for row in found]


def name(organisation: UUID, model: str, about: UUID, members: Collection[UUID]) -> None:
    """Keep a row for these present members and for nobody else; raise OutOfReach for any other."""
    wanted = frozenset(members)
    present = Membership.objects.filter(
        pk__in=wanted, approved__isnull=False, ended__isnull=True
    ).values_list("pk", flat=True)
    if frozenset(present) != wanted:
        raise OutOfReach
    rows = Reservation.objects.filter(model=model, about=about)
    rows.exclude(membership_id__in=wanted).delete()
    kept = frozenset(rows.values_list("membership_id", flat=True))
    Reservation.objects.bulk_create(
        Reservation(organisation_id=organisation, model=model, about=about, membership_id=one)
        for one in sorted(wanted - kept)
    )


def kept_for(membership: UUID) -> QuerySet[Reservation]:
    """Return what is kept for a member."""
    rows: QuerySet[Reservation] = Reservation.objects.filter(membership=membership)
    return rows.order_by("id")


def _member_behind(viewer: Viewer) -> UUID | None:
    return viewer.actor if viewer.kind is ViewerKind.MEMBER else viewer.on_behalf_of
