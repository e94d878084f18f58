"""What the settings page asks for: the organisation's profile and its logo."""

from typing import cast

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from keepwell.office.sign_in.forms import SetUpForm
from keepwell.shell import locales


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
    privacy_notice_url = forms.CharField(
        label=_("Link to your privacy notice"),
        help_text=_("Begins with https://"),
        max_length=200,
        required=False,
        validators=[
            URLValidator(
                schemes=["https"], message=_("Write a whole address that begins with https://.")
            )
        ],
        widget=forms.URLInput,
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
