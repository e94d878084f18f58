"""What the page of a handed report asks: a birth date in three boxes, or the code."""

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_variables

from keepwell.safeguards.persons.handed.actions.answering import Said
from keepwell.safeguards.persons.models import HandedReport
from keepwell.shell import moments
from keepwell.toolkit import days

PARTS = ("day", "month", "year")
_LONGEST = 40


class BornForm(forms.Form):
    """Day, month and year of birth, in the order in which the reader writes them."""

    asks = None  # of three boxes, none is the wrong one
    wrong = _(
        "This is not the date of birth that the clinic has on record. Look at each number, "
        "or ask the clinic which one it has."
    )
    born_day = forms.CharField(max_length=_LONGEST, required=False)
    born_month = forms.CharField(max_length=_LONGEST, required=False)
    born_year = forms.CharField(max_length=_LONGEST, required=False)

    @property
    def lines(self) -> list[tuple[str, Any]]:
        """Return what is wrong, and at which box somebody goes on; they are one answer."""
        first = moments.date_parts()[0]["code"]
        return [(f"id_born_{first}", words) for words in self.non_field_errors()]

    @property
    def typed(self) -> dict[str, str]:
        """Return what stands in the boxes; an answer that was wrong is typed anew."""
        is_kept = self.is_bound and "born" not in self.cleaned_data
        return {part: self.data.get(f"born_{part}", "") if is_kept else "" for part in PARTS}

    @property
    def said(self) -> Said:
        """Return the date."""
        return Said(born=self.cleaned_data["born"])

    @sensitive_variables()
    def clean(self) -> dict[str, Any]:
        """Refuse what is no day of the calendar: it is asked again, and is no guess."""
        given = super().clean() or {}
        born = _day(*(given.get(f"born_{part}", "") for part in PARTS))
        if born is None:
            raise forms.ValidationError(_("Give day, month and year of birth."))
        return {**given, "born": born}


class CodeForm(forms.Form):
    """The code that the clinic told separately."""

    wrong = _("This is not the code for this link. Look at each letter and number.")
    asks = "code"
    code = forms.CharField(
        label=_("Code"),
        max_length=_LONGEST,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("Give the code that the clinic told you.")},
    )

    @property
    def said(self) -> Said:
        """Return the code."""
        return Said(code=self.cleaned_data["code"])


AnswerForm = BornForm | CodeForm


def asking(row: HandedReport, posted: QueryDict | None) -> AnswerForm:
    """Return the question that a link asks, with what was answered."""
    return CodeForm(posted) if row.code_hash else BornForm(posted)


@sensitive_variables()
def _day(day: str, month: str, year: str) -> date | None:
    y, m, d = days.read_year(year), days.read_month(month), days.read_day(day)
    return None if y is None or m is None or d is None else days.real_date(y, m, d)
