"""What the trail page asks for when a view is saved."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SaveViewForm(forms.Form):
    """A name for what the fields of the page find."""

    asked = forms.CharField(
        max_length=2000,
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Narrow the trail first: nothing was left out that a view could keep."),
            "max_length": _("This search names too many ids to be kept. Nothing was saved."),
        },
    )
    name = forms.CharField(
        label=_("Name of this view"),
        help_text=_("Only you see it here. It is not sealed: put no patient’s name into it."),  # noqa: RUF001
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Give the view a name.")},
    )
