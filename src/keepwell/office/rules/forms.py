"""What the pages of rules ask for: an addition of the organisation's, and a tick for each text."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keepwell.safeguards.consent.terms.actions import MOST_LETTERS
from keepwell.safeguards.consent.terms.queries import Version
from keepwell.safeguards.consent.terms.texts import Kind

TICKS = {
    Kind.RULES: _("I have read the rules of use and keep to them"),
    Kind.TERMS: _("I accept the terms for the organisation"),
}
MISSING = {
    Kind.RULES: _("Tick that you keep to the rules, or sign out."),
    Kind.TERMS: _("Tick that you accept the terms, or sign out."),
}


class AdditionForm(forms.Form):
    """What the organisation adds to Keepwell's rules."""

    text = forms.CharField(
        label=_("Rules of your own"),
        help_text=_(
            "Shown below ours. A line that begins with # is a heading, lines that begin with "
            "- are a list. Leave it empty to add nothing."
        ),
        max_length=MOST_LETTERS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 10}),
    )


class AcceptForm(forms.Form):
    """One tick for each text that is owed; the field's name says which version was shown."""

    def __init__(self, data: Any, *, owed: Sequence[Version]) -> None:
        super().__init__(data)
        for version in owed:
            self.fields[version.code] = forms.BooleanField(
                label=TICKS[version.kind], error_messages={"required": MISSING[version.kind]}
            )
