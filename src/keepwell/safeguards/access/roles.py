"""The five roles of members; which permissions a role holds is said by each app's manifest."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(StrEnum):
    """What a member is in one organisation (45 CFR 164.308(a)(4): access by role)."""

    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
    MEMBER = "member"
    OWNER = "owner"
    TECHNICIAN = "technician"

    @property
    def label(self) -> Promise:
        """The role's name as people read it."""
        return _LABELS[self]


_LABELS: dict[Role, Promise] = {
    Role.ADMINISTRATOR: _("Administrator"),
    Role.AUDITOR: _("Auditor"),
    Role.MEMBER: _("Member"),
    Role.OWNER: _("Owner"),
    Role.TECHNICIAN: _("Technician"),
}

EVERYBODY = frozenset(Role)
"""Every role: for permissions that come with being a member at all."""
