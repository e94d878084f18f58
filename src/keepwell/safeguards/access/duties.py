"""What the two officers of an organisation answer for."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Duty(StrEnum):
    """An officer's duty (45 CFR 164.308(a)(2) and 164.530(a)(1)(i))."""

    PRIVACY = "privacy"
    SECURITY = "security"

    @property
    def label(self) -> Promise:
        """The officer's title as people read it."""
        return _LABELS[self]


_LABELS: dict[Duty, Promise] = {
    Duty.PRIVACY: _("Privacy officer"),
    Duty.SECURITY: _("Security officer"),
}
