"""What trails say of a replacement: all of it where somebody acts, a line where else one works."""

from collections.abc import Mapping
from uuid import UUID

from keepwell.safeguards.access.queries import role_of
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.identity.events import IdentityKind
from keepwell.safeguards.identity.models import FactorReplacement, User
from keepwell.safeguards.identity.recording import organisations_of as doors_of
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind


def others_of(viewer: Viewer, user: User) -> list[UUID]:
    """Return the other organisations this account is let in to."""
    elsewhere = [one for one in doors_of(user) if one != viewer.organisation]
    return [one for one in elsewhere if role_of(user.pk, one) is not None]


def note(
    viewer: Viewer,
    kind: IdentityKind,
    one: FactorReplacement,
    others: list[UUID],
    *,
    reason: str = "",
    detail: Mapping[str, str],
) -> None:
    """Write on the viewer's trail who and why; on others' trails that it came from elsewhere."""
    about = (Subject(model="identity.user", ids=(one.user_id,)),)
    with wall.writing(viewer.organisation):
        record(viewer, kind, subjects=about, reason=reason, detail=detail)
    for other in others:
        system = Viewer(kind=ViewerKind.SYSTEM, organisation=other)
        with wall.writing(other):
            record(system, kind, subjects=about, detail={"by": "another-organisation"})
