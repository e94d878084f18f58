"""What the pages of the notice ask for: a language with its text or address, a day."""

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from keepwell.safeguards.consent.languages import LANGUAGES
from keepwell.safeguards.consent.notices.actions import Wording


class WordingForm(forms.Form):
    """The notice in one language; the language is asked for when a new one is added."""

    language = forms.ChoiceField(
        label=_("Language"),
        choices=[(one.tag, one.words) for one in LANGUAGES.values()],
        widget=forms.Select(attrs={"autocomplete": "off"}),
        error_messages={"invalid_choice": _("Choose a language of the list.")},
    )
    title = forms.CharField(
        label=_("Title"),
        help_text=_("In the same language. Patients see it as the link to the notice."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Type the title in this language.")},
    )
    text = forms.CharField(
        label=_("Text"),
        help_text=_(
            "A line that begins with # is a heading, lines that begin with - are a list, an empty "
            "line ends a paragraph."
        ),
        max_length=60_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 18}),
    )
    address = forms.CharField(
        label=_("Or the address where you publish it"),
        help_text=_("Begins with https://. Patients are sent there; leave the text empty then."),
        max_length=500,
        required=False,
        validators=[
            URLValidator(
                schemes=["https"], message=_("Write a whole address that begins with https://.")
            )
        ],
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, language: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._language = language
        if language:
            del self.fields["language"]

    def clean(self) -> None:
        """Ask for the text or the address: with both, nobody knows which patients read."""
        super().clean()
        text, address = (self.cleaned_data.get(name, "") for name in ("text", "address"))
        if text and address:
            self.add_error("address", _("Give the text or the address, not both."))
        if not (text or address or self.errors):
            self.add_error("text", _("Write the text, or give the address below."))

    @property
    def wording(self) -> Wording:
        """What was given, as the act takes it."""
        given = self.cleaned_data
        return Wording(
            language=self._language or given["language"],
            title=given["title"],
            text=given["text"],
            address=given["address"],
        )


class PublishForm(forms.Form):
    """From which day on the new version applies."""

    effective = forms.DateField(
        label=_("Applies from"),
        help_text=_("Today or a later day. Patients are told of a later one in advance."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Choose the day from which it applies."),
            "invalid": _("Choose the day from which it applies."),
        },
    )
