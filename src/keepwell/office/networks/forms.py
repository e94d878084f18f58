"""What the page of networks asks for: a range, what to call it, and for whom it is."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keepwell.office.reasons import WhyField
from keepwell.safeguards.access import ranges
from keepwell.safeguards.access.networks.rules import ALL_BUT_OWNERS, holds_for
from keepwell.safeguards.access.ranges import Fault, RangeRefused
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.tenancy.viewer import Viewer

NAME_LENGTH = 80


def offered_to(viewer: Viewer) -> dict[str, str | Promise]:
    """Return for whom this viewer says from where they come: of owners, only owners do."""
    every: dict[str, str | Promise] = {
        "": gettext_lazy("Everybody who works here"),
        ALL_BUT_OWNERS: gettext_lazy("Everybody but owners"),
        **{one.value: one.label for one in Role},
    }
    if viewer.role == Role.OWNER:
        return every
    return {whom: label for whom, label in every.items() if not holds_for(whom, Role.OWNER)}


class NameForm(forms.Form):
    """What people call a network."""

    name = forms.CharField(
        label=gettext_lazy("What you call it"),
        help_text=gettext_lazy("Such as: Front desk, or: Dr. Moreno at home"),
        max_length=NAME_LENGTH,
        error_messages={"required": gettext_lazy("Give it a name that colleagues will know.")},
    )


class NetworkForm(NameForm):
    """A range to be allowed."""

    network = forms.CharField(
        label=gettext_lazy("Network"),
        help_text=gettext_lazy(
            "One address, or a range with its length, as your provider or technician writes it: "
            "203.0.113.7, 203.0.113.0/24 or 2001:db8:12::/48"
        ),
        max_length=100,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "none"}),
        error_messages={"required": gettext_lazy("Write an address or a range.")},
    )
    role = forms.ChoiceField(
        label=gettext_lazy("For whom"),
        error_messages={"required": gettext_lazy("Say for whom it is.")},
    )
    reason = WhyField()
    field_order = ("network", "name", "role", "reason")

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = offered_to(viewer)
        role = self.fields["role"]
        role.choices = list(offered.items())  # type: ignore[attr-defined]  # a ChoiceField
        role.required = "" not in offered
        if role.required:
            role.help_text = _("From where owners come, owners say themselves.")

    def clean_network(self) -> str:
        """Refuse what is no range, in a sentence that says what would be one."""
        try:
            return str(ranges.range_of(self.cleaned_data["network"]))
        except RangeRefused as refused:
            raise ValidationError(sentence_of(refused)) from refused


def sentence_of(refused: RangeRefused) -> str:
    """Say why a text is no range for the list, and what to write."""
    if refused.fault is Fault.EVERYTHING:
        return _(
            "That is every address there is. To let people in from anywhere, remove the networks "
            "from the list instead."
        )
    if refused.fault is Fault.HOST_BITS:
        said = _(
            "Address and length do not fit. If you mean the whole network, write %(range)s; if you "
            "mean this address alone, leave the slash and the length away."
        )
        return said % {"range": refused.meant}
    return _(
        "This is no address or range. Write digits and points such as 203.0.113.0/24, or an IPv6 "
        "range such as 2001:db8:12::/48."
    )
