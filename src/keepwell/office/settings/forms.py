"""What the settings page asks for: the organisation's profile and its logo."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from keepwell.office.reasons import ReasonForm, WhyField
from keepwell.office.sign_in.forms import SetUpForm
from keepwell.safeguards.identity.sessions import LEAST_IDLE_MINUTES, MOST_IDLE_MINUTES
from keepwell.safeguards.identity.trusts import LEAST_DAYS, MOST_DAYS
from keepwell.safeguards.tenancy.models import Location
from keepwell.shell import locales
from keepwell.shell.once import OnceField


class ProfileForm(forms.Form):
    """What patients see of the organisation, and the zone of every time shown."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("Stands at the top of every form."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Type the name that patients know.")},
    )
    telephone = SetUpForm.base_fields["telephone"]
    hours = forms.CharField(
        label=_("Opening hours"),
        help_text=_("Under the telephone number, such as: Monday to Friday, 8 am to 5 pm"),
        max_length=200,
        required=False,
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    emergency_sentence = forms.CharField(
        label=_("In an emergency"),
        help_text=_(
            "One sentence at the foot of every form: whom to call, and that this is no call."
        ),
        max_length=300,
        required=False,
    )
    time_zone = SetUpForm.base_fields["time_zone"]
    locale = forms.ChoiceField(
        label=_("Dates and times"),
        help_text=_(
            "How pages of patients and colleagues write them, and in which order a form asks for "
            "day, month and year. The words of pages are English in each of these."
        ),
        choices=locales.choices,
    )

    def clean_telephone(self) -> str:
        """Refuse what nobody could dial."""
        return SetUpForm.clean_telephone(cast("SetUpForm", self))


class LocationForm(forms.Form):
    """A place where the organisation works."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("As patients and colleagues call it, such as: Riverside, second floor"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Type the name of the location.")},
    )
    telephone = forms.CharField(
        label=_("Telephone number"),
        help_text=_("Without one, patients see the organisation's."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    hours = forms.CharField(
        label=_("Opening hours"),
        help_text=_("Such as: Monday to Friday, 8 am to 5 pm"),
        max_length=200,
        required=False,
    )
    address = forms.CharField(
        label=_("Address"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )
    once = OnceField()

    def clean_telephone(self) -> str:
        """Refuse what nobody could dial."""
        if not self.cleaned_data["telephone"]:
            return ""
        return SetUpForm.clean_telephone(cast("SetUpForm", self))


class CloseLocationForm(ReasonForm):
    """Why a location closes, and where what belongs to it goes."""

    move_to = forms.ChoiceField(
        label=_("Move it to"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose where it moves."),
            "invalid_choice": _("This location is not open any more. Choose another."),
        },
    )
    field_order = ("move_to", "reason")

    def __init__(
        self, *args: Any, others: Sequence[Location], is_needed: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.pk), one.name) for one in others]
        self.fields["move_to"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        if not is_needed or not others:
            del self.fields["move_to"]

    @property
    def given(self) -> dict[str, Any]:
        """What was given, as the act takes it."""
        to = self.cleaned_data.get("move_to")
        return {"move_to": UUID(to) if to else None, "reason": self.cleaned_data["reason"]}


class IdleForm(forms.Form):
    """After how long without an act people are signed out."""

    minutes = forms.IntegerField(
        label=_("Minutes without an act"),
        help_text=_(
            "5 to 60. Ninety seconds before, the page hides itself and asks. It holds at once, "
            "for sessions that are open too."
        ),
        min_value=LEAST_IDLE_MINUTES,
        max_value=MOST_IDLE_MINUTES,
        error_messages={
            "required": _("Write a number of minutes."),
            "invalid": _("Write a number of minutes."),
            "min_value": _("Write at least 5 minutes: less would sign people out at work."),
            "max_value": _("Write at most 60 minutes: more would leave records open for anybody."),
        },
    )
    reason = WhyField()


class TrustForm(forms.Form):
    """Whether members may leave out the code on a device that they trust, and for how long."""

    is_allowed = forms.BooleanField(
        label=_("Members may trust a device"),
        help_text=_(
            "On it they are not asked for the code at sign-in, only for the password. Before "
            "weighty acts both are asked for as ever."
        ),
        required=False,
    )
    days = forms.IntegerField(
        label=_("Days"),
        help_text=_("1 to 30. Fewer days hold at once, for devices that are trusted already."),
        min_value=LEAST_DAYS,
        max_value=MOST_DAYS,
        error_messages={
            "required": _("Write a number of days."),
            "invalid": _("Write a number of days."),
            "min_value": _("Write at least 1 day."),
            "max_value": _("Write at most 30 days: more would make one step out of two."),
        },
    )
    reason = WhyField()

    @property
    def given(self) -> int:
        """How many days, 0 for not at all."""
        return int(self.cleaned_data["days"]) if self.cleaned_data["is_allowed"] else 0


class LogoForm(forms.Form):
    """A picture to stand beside the name."""

    picture = forms.FileField(
        label=_("Picture file"),
        help_text=_("PNG, JPEG, WebP or GIF. It is made anew as a small PNG."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
        error_messages={
            "required": _("Choose a picture first."),
            "empty": _("This file is empty. Choose another."),
        },
    )
