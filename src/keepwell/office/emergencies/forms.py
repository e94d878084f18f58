"""What the pages of emergency access ask for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from keepwell.office.reasons import LONGEST, ReasonForm, WhyField
from keepwell.safeguards.access.emergencies.actions import LEAST_MINUTES, MOST_MINUTES
from keepwell.safeguards.access.raising import Finding


class BeginForm(ReasonForm):
    """What the emergency is."""

    reason = forms.CharField(
        label=_("What is the emergency?"),
        help_text=_(
            "In your own words, such as: patient unconscious, allergies needed. "
            "It goes on the trail, sealed, and the officers read it."
        ),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what the emergency is: the officers read it.")},
    )


class FindingForm(ReasonForm):
    """What an officer found, and why."""

    finding = forms.ChoiceField(
        label=_("What did you find?"),
        choices=[(one.value, one.label) for one in Finding],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you found.")},
    )
    reason = forms.CharField(
        label=_("Note"),
        help_text=_("Whom you asked, what you looked at, what follows. It goes on the trail."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write down how you came to it: it goes on the trail.")},
    )
    field_order = ("finding", "reason")


class MinutesForm(forms.Form):
    """How long emergency access lasts."""

    minutes = forms.IntegerField(
        label=_("Minutes until it ends by itself"),
        help_text=_("15 to 240. What is on already keeps its time."),
        min_value=LEAST_MINUTES,
        max_value=MOST_MINUTES,
        error_messages={
            "required": _("Write a number of minutes."),
            "invalid": _("Write a number of minutes."),
            "min_value": _("Write at least 15 minutes."),
            "max_value": _("Write at most 240 minutes."),
        },
    )
    reason = WhyField()
