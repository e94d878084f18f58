"""Whom to name, and why."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keepwell.office.choosing import FindColleagues, Offer
from keepwell.office.reasons import ReasonForm

NOBODY = ""


class OfficerForm(ReasonForm):
    """One of the members who can serve, or nobody."""

    member = forms.ChoiceField(
        label=_("Who"),
        help_text=_("Owners, administrators and auditors can serve: an officer reads the trail."),
        required=False,
        error_messages={"invalid_choice": _("Choose somebody who is in the list.")},
    )
    words = FindColleagues(help_text=_("Among those who can serve, by name or e-mail address."))
    field_order = ("words", "member", "reason")

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one), words) for one, words in offer.choices]
        nobody = (NOBODY, _("Nobody: owners stand in"))
        self.fields["member"].choices = [*choices, nobody]  # type: ignore[attr-defined]  # a ChoiceField
        if offer.is_part:
            self.fields["member"].help_text = offer.hint
        else:
            del self.fields["words"]
