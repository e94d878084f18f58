"""What the pages of persons ask: whom somebody looks for (never in an address), which days."""

from datetime import date, datetime, time, timedelta
from typing import Any, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import RegexValidator
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from keepwell.office.places import EARLIEST_YEAR
from keepwell.office.reasons import ReasonForm, days_field
from keepwell.safeguards.access.purposes import Purpose
from keepwell.safeguards.persons.handed.actions import giving
from keepwell.safeguards.persons.reports import Span
from keepwell.shell.once import OnceField
from keepwell.toolkit.identifiers import read_id
from keepwell.toolkit.mailboxes import MAILBOX

DAYS = 31  # of a report, unless somebody says
_SOMETHING = _("Give a name, the date of birth or a telephone number.")
_EITHER = _("Give the date of birth or a telephone number.")
_NO_MAILBOX = _("Write an e-mail address such as name@example.com, or none.")
_SAY_DAY = _("Give the day on which it was disclosed.")
_PAST = _("Choose a day that is past, or today.")
_TOO_EARLY = _("Choose a day that is not before %(year)s.")
_FOUR_DIGITS = r"(?:\D*\d){4}"
_BEGINNING = 4  # letters of a word that are looked up: `normalisers.beginnings`
_SHORT = _(
    "Three letters of a beginning are not looked up: give four of one word, or the whole word."
)
_SPELLING = _("A name is found by how one of its words begins: check the spelling.")
_NOT_BORN = _("Check day, month and year of birth.")
_TOGETHER = _("Nobody fits all that you gave: leave one field empty.")
_WHOLE_NUMBER = _("Give the whole telephone number, with area code: a part is not looked up.")
_FIRST, _LAST = _("Give the first day of the report."), _("Give the last day of the report.")


class WhoForm(forms.Form):
    """Who somebody is, as it is said on the telephone: a name, a birth date, a number."""

    name = forms.CharField(
        label=_("Name"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    born = forms.DateField(
        label=_("Date of birth"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "off"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Give day, month and year of birth.")},
    )
    telephone = forms.CharField(
        label=_("Telephone number"),
        required=False,
        max_length=60,
        validators=[RegexValidator(_FOUR_DIGITS, _("Give the number, with at least 4 digits."))],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )


class FindForm(WhoForm):
    """Whom somebody looks for."""

    def __init__(self, *args: Any, is_by_name: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = _("Four letters of a word, or a whole word.")
        self.fields["telephone"].help_text = _("The whole number, with area code.")
        if not is_by_name:  # names are opened to be compared
            del self.fields["name"]

    def clean(self) -> dict[str, Any]:
        """Refuse a question that asks for nobody."""
        given = super().clean() or {}
        if not self.errors and not any(given.values()):
            self.add_error(next(iter(self.fields)), _SOMETHING if "name" in given else _EITHER)
        return given

    @property
    def advice(self) -> list[Any]:
        """Say how somebody may be found of whom this found nobody: of the fields filled in."""
        filled = [name for name in self.fields if self.cleaned_data.get(name)]
        if filled == ["name"]:
            words = self.cleaned_data["name"].split()
            return [_SPELLING if any(len(word) >= _BEGINNING for word in words) else _SHORT]
        if filled == ["born"]:
            return [_NOT_BORN]
        said = ((_TOGETHER, len(filled) > 1), (_WHOLE_NUMBER, "telephone" in filled))
        return [words for words, fits in said if fits]


class KnownForm(WhoForm):
    """Who somebody is, as it is written down: what is not known stays empty."""

    email = forms.CharField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        validators=[RegexValidator(rf"\A{MAILBOX.pattern}\Z", _NO_MAILBOX)],
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    once = OnceField()
    field_order: tuple[str, ...] = ("name", "born", "email", "telephone")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_name(self) -> str | None:
        """Take an empty name for one that is not known."""
        return self.cleaned_data["name"] or None

    def clean_born(self) -> date | None:
        """Refuse days that have not come: nobody was born on them."""
        born: date | None = self.cleaned_data["born"]
        if born is not None and born > self.today:
            raise forms.ValidationError(_("Give a day that is past, or today."))
        return born

    def clean_email(self) -> str | None:
        """Take an empty address for one that is not known."""
        return self.cleaned_data["email"] or None

    def clean_telephone(self) -> str | None:
        """Take an empty number for one that is not known."""
        return self.cleaned_data["telephone"] or None


class AddForm(KnownForm):
    """Who is added; `is_another`: though somebody of this name and birth date is known."""

    is_another = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["name"].error_messages["required"] = _("Give the name.")


class FactsForm(KnownForm, ReasonForm):
    """What is right about a person, and why; `seen` says which facts were looked at."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ("name", "born", "email", "telephone", "reason")

    def clean_seen(self) -> UUID | None:
        """Return what was looked at; nonsense is as good as nothing."""
        return read_id(self.cleaned_data["seen"])


class ExportForm(ReasonForm):
    """Why everything about a person is exported."""

    once = OnceField()


class ReportForm(ReasonForm):
    """From which day to which, for whom, and why: what a report of openings asks."""

    first = forms.DateField(
        label=_("From day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": _FIRST, "invalid": _FIRST},
    )
    last = forms.DateField(
        label=_("To day"),
        help_text=_("This day is part of the report."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": _LAST, "invalid": _LAST},
    )
    purpose = forms.ChoiceField(
        label=_("Made for"),
        choices=[(one.value, one.label) for one in (Purpose.PERSON_REQUEST, Purpose.OVERSIGHT)],
    )
    once = OnceField()
    field_order = ("first", "last", "purpose", "reason")

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    @classmethod
    def asked(cls, posted: QueryDict | None, today: date) -> Self:
        """Return the form as it was sent; one that nobody has sent begins with the last month."""
        initial = {"first": today - timedelta(days=DAYS), "last": today}
        return cls(posted, today=today, initial=initial)

    def clean(self) -> dict[str, Any]:
        """Refuse a span that ends before it begins, and a day of which nothing can be known yet."""
        given = super().clean() or {}
        days = {name: given[name] for name in ("first", "last") if name in given}
        wrong = {name: said for name, day in days.items() if (said := self._wrong_with(day))}
        for name, said in wrong.items():
            self.add_error(name, said)
        if not wrong and len(days) == 2 and days["first"] > days["last"]:
            self.add_error("last", _("Choose a day that is not before the first."))
        return given

    def _wrong_with(self, day: date) -> Any:
        """Say what is wrong with a day: a report of one that has not come would deny what comes."""
        if day > self.today:
            return _PAST
        return _TOO_EARLY % {"year": EARLIEST_YEAR} if day.year < EARLIEST_YEAR else ""

    def span(self, zone: ZoneInfo) -> Span:
        """Return the midnights between which the days lie, in the organisation's zone."""
        day_after = self.cleaned_data["last"] + timedelta(days=1)
        return {
            "since": datetime.combine(self.cleaned_data["first"], time(), zone),
            "until": datetime.combine(day_after, time(), zone),
        }


class HandForm(ReasonForm):
    """For how many days a report is in the person's hands, and why."""

    days = days_field(giving.MOST_DAYS)
    field_order = ("days", "reason")


class DisclosureForm(forms.Form):
    """What was disclosed to somebody outside: what an accounting asks (45 CFR 164.528(b)(2))."""

    made = forms.DateField(
        label=_("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"required": _SAY_DAY, "invalid": _SAY_DAY},
    )
    recipient = forms.CharField(
        label=_("To whom"),
        help_text=_("Name, and address if you know it."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        error_messages={"required": _("Say to whom.")},
    )
    what = forms.CharField(
        label=_("What"),
        help_text=_("In a few words: which records, of which time."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={"required": _("Say what was disclosed.")},
    )
    purpose = forms.CharField(
        label=_("Why"),
        help_text=_("The purpose, or who asked in writing and when."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        error_messages={"required": _("Say why it was disclosed.")},
    )
    once = OnceField()

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_made(self) -> date:
        """Refuse days that have not come, and days that no calendar here counts."""
        made: date = self.cleaned_data["made"]
        if made > self.today or made.year < EARLIEST_YEAR:
            raise forms.ValidationError(_("Give a day that is past, or today."))
        return made
