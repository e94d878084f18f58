"""The reason that an act which needs one asks for; it goes on the trail, sealed."""

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 500


class WhyField(forms.CharField):
    """Why a safeguard is changed: whoever is asked later finds it beside the safeguard."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Why"),
            help_text=_(
                "Optional. It goes on the trail, sealed, with your name; who reads the trail sees "
                "it beside the safeguard."
            ),
            required=False,
            max_length=LONGEST,
            widget=forms.Textarea(attrs={"rows": 2}),
        )


class ReasonForm(forms.Form):
    """One question: why."""

    reason = forms.CharField(
        label=_("Why"),
        help_text=_("In your own words. It goes on the trail, sealed, with your name."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why: the reason goes on the trail.")},
    )
