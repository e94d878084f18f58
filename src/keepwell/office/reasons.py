"""The reason that an act which needs one asks for (on the trail, sealed), and for how long."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

LONGEST = 500


def days_field(most: int) -> forms.IntegerField:
    """Ask for how many days somebody may read what is shared or handed over."""
    return forms.IntegerField(
        label=_("For so many days"),
        help_text=format_lazy(_("1 to {most}. Then it ends by itself."), most=most),
        min_value=1,
        max_value=most,
        error_messages={
            "required": _("Say for how many days."),
            "invalid": _("Write a number of days."),
            "min_value": _("Write at least %(limit_value)s day."),
            "max_value": _("Write at most %(limit_value)s days."),
        },
    )


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
