"""What is asked before a colleague gets a new second step."""

from django import forms
from django.utils.translation import gettext_lazy as _

from keepwell.office.reasons import LONGEST, ReasonForm
from keepwell.safeguards.access.replacements.actions import IdentityCheck

CHECKS = {
    IdentityCheck.IN_PERSON: _("Seen in person, with a photo identification or known by face"),
    IdentityCheck.CALLED_BACK: _("Called back on a number that we had before, and known by voice"),
    IdentityCheck.ON_VIDEO: _("Seen on video, with a photo identification or known by face"),
}


class IdentityCheckForm(ReasonForm):
    """How one made sure who asks, in a word and in one's own words."""

    check = forms.ChoiceField(
        label=_("How did you make sure that it is this person?"),
        help_text=_("A message or a call that came in proves nothing: anybody can send one."),
        choices=[("", _("Choose how")), *((one.value, words) for one, words in CHECKS.items())],
        error_messages={
            "required": _("Choose how you made sure."),
            "invalid_choice": _("Choose one of these ways."),
        },
    )
    reason = forms.CharField(
        label=_("What happened, and what did you check?"),
        help_text=_(
            "Such as: phone lost on the train; at the front desk, passport seen. "
            "It goes on the trail, sealed, with your name."
        ),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what you checked: it goes on the trail.")},
    )
    field_order = ("check", "reason")
