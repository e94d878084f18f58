"""The publish page's form: which questions name the person, which answers the inbox shows."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from keepwell.products.forms.compiled import CompiledForm, Item, ItemType, PersonMarks
from keepwell.products.forms.versions import default_columns, marks_stored

MOST_COLUMNS = 6
_TEXTS = {ItemType.STRING, ItemType.TEXT}
_NOT_ASKED = ("", _("No question asks for it"))


def _choices(form: CompiledForm, types: set[ItemType]) -> list[tuple[str, Any]]:
    fitting = [item for item in form.questions if item.type in types and not item.groups]
    return [_NOT_ASKED, *((item.link_id, words_of(item)) for item in fitting)]


def words_of(item: Item) -> str:
    """Return what people read for a question; its link id when it has no words."""
    return item.label or item.text or item.link_id


class PublishForm(forms.Form):
    """Which questions are the name, birth date, e-mail and telephone; which are inbox columns."""

    name = forms.ChoiceField(label=_("Name"), required=False)
    family = forms.ChoiceField(label=_("Family name, if asked for separately"), required=False)
    born = forms.ChoiceField(label=_("Date of birth"), required=False)
    email = forms.ChoiceField(label=_("E-mail address"), required=False)
    telephone = forms.ChoiceField(label=_("Telephone"), required=False)
    columns = forms.MultipleChoiceField(
        label=_("Shown in the inbox"),
        help_text=_("Whoever opens the inbox sees these answers; each page shown is recorded."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(
        self,
        compiled: CompiledForm,
        marks: PersonMarks,
        columns: list[str] | None,
        data: Any = None,
    ) -> None:
        super().__init__(data, initial=self._initial(marks, columns))
        texts = _choices(compiled, _TEXTS)
        for name in ("name", "family", "email", "telephone"):
            self._field(name).choices = texts
        self._field("born").choices = _choices(compiled, {ItemType.DATE})
        self._field("columns").choices = [
            (item.link_id, words_of(item))
            for item in compiled.questions
            if item.type is not ItemType.ATTACHMENT
        ]

    def _field(self, name: str) -> forms.ChoiceField:
        return cast("forms.ChoiceField", self.fields[name])

    @staticmethod
    def _initial(marks: PersonMarks, columns: list[str] | None) -> dict[str, Any]:
        names = dict(zip(("name", "family"), marks.name, strict=False))
        return {
            **names,
            "born": marks.born,
            "email": marks.email,
            "telephone": marks.telephone,
            "columns": default_columns(marks) if columns is None else columns,
        }

    def clean_columns(self) -> list[str]:
        """Refuse more columns than a phone can show."""
        columns: list[str] = self.cleaned_data["columns"]
        if len(columns) > MOST_COLUMNS:
            message = _("Choose at most %(most)s answers for the inbox.")
            raise forms.ValidationError(message, params={"most": MOST_COLUMNS})
        return columns

    @property
    def marks(self) -> dict[str, list[str]]:
        """Return the marks as a version keeps them."""
        data = self.cleaned_data
        names = dict.fromkeys(filter(None, (data["name"], data["family"])))
        return marks_stored(
            PersonMarks(tuple(names), data["born"], data["email"], data["telephone"])
        )
