"""What can become of raised access: decisions, findings, and why it fell back; its entries."""

from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keepwell.safeguards.audit.entries import Subject

if TYPE_CHECKING:
    from keepwell.safeguards.access.models import Elevation, EmergencyAccess

EMERGENCY, ELEVATION = "access.emergencyaccess", "access.elevation"


class Decision(StrEnum):
    """What became of a request for access."""

    APPROVED = "approved"
    LAPSED = "lapsed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Finding(StrEnum):
    """What an officer found about an emergency access, afterwards."""

    JUSTIFIED = "justified"
    UNJUSTIFIED = "unjustified"

    @property
    def label(self) -> Promise:
        """The finding as people read it."""
        return _FINDINGS[self]


class Fell(StrEnum):
    """Why raised access ended, or a proposal with the right to make it."""

    EXPIRED = "expired"
    GIVEN_BACK = "given-back"
    MEMBERSHIP_ENDED = "membership-ended"
    REPLACED = "replaced"
    ROLE_CHANGED = "role-changed"
    SESSION_ENDED = "session-ended"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> Promise:
        """The reason as people read it."""
        return _FELL[self]


_FINDINGS: dict[Finding, Promise] = {
    Finding.JUSTIFIED: _("Justified"),
    Finding.UNJUSTIFIED: _("Not justified"),
}
_FELL: dict[Fell, Promise] = {
    Fell.EXPIRED: _("its time was over"),
    Fell.GIVEN_BACK: _("given back"),
    Fell.MEMBERSHIP_ENDED: _("the membership ended"),
    Fell.REPLACED: _("begun anew elsewhere"),
    Fell.ROLE_CHANGED: _("the role was changed"),
    Fell.SESSION_ENDED: _("signed out"),
    Fell.WITHDRAWN: _("ended by a colleague"),
}


def about(row: "EmergencyAccess | Elevation") -> tuple[Subject, Subject]:
    """Return what entries about raised access are about: itself, and the account that has it."""
    return (
        Subject(model=row._meta.label_lower, ids=(row.pk,)),
        Subject(model="identity.user", ids=(row.membership.user_id,)),
    )
