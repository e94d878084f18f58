"""The reason that an act which needs one asks for; it goes on the trail, sealed."""

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 500


class ReasonForm(forms.Form):
    """One question: why."""

    reason = forms.CharField(
        label=_("Why"),
        help_text=_("In your own words. It goes on the trail, sealed, with your name."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why: the reason goes on the trail.")},
    )
