"""Why something is opened: the purpose that stands in every disclosure entry.

The codes follow HL7's PurposeOfUse (v3-ActReason: TREAT, HOPERAT, HPAYMT, PATRQT, ETREAT, and so
on) in our words.
"""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Purpose(StrEnum):
    """Why a person's data is looked at (HL7 v3-ActReason, PurposeOfUse)."""

    CARE = "care"
    EMERGENCY = "emergency"
    OPERATIONS = "operations"
    OVERSIGHT = "oversight"
    PAYMENT = "payment"
    PERSON_REQUEST = "person-request"

    @property
    def label(self) -> Promise:
        """The purpose as people read it."""
        return _LABELS[self]


_LABELS: dict[Purpose, Promise] = {
    Purpose.CARE: _("Care"),
    Purpose.EMERGENCY: _("Emergency"),
    Purpose.OPERATIONS: _("Running the organisation"),
    Purpose.OVERSIGHT: _("Oversight"),
    Purpose.PAYMENT: _("Payment"),
    Purpose.PERSON_REQUEST: _("The person asked for it"),
}


def purpose_of(code: str) -> Purpose | None:
    """Return the purpose with this code, or None for anything else."""
    return next((purpose for purpose in Purpose if purpose.value == code), None)


def label_of(code: str) -> str:
    """Return the words for a purpose code of the trail; an unknown code is shown as it is."""
    known = purpose_of(code)
    return code if known is None else str(known.label)
