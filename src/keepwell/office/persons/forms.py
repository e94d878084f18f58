"""What the page of persons asks: whom somebody looks for. Never in an address, always in a form."""

from django import forms
from django.utils.translation import gettext_lazy as _

_DAY = _("Give the date of birth too.")


class FindForm(forms.Form):
    """Name and date of birth, as somebody says them on the telephone."""

    name = forms.CharField(
        label=_("Name"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Give the whole name.")},
    )
    born = forms.DateField(
        label=_("Date of birth"),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": _DAY, "invalid": _DAY},
    )
