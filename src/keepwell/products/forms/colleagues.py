"""The question for whom what arrives through a form is kept."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from keepwell.office.choosing import FindColleagues
from keepwell.office.reasons import ReasonForm
from keepwell.products.forms.errors import NobodyNamed

EVERYBODY, NAMED = "everybody", "named"


class ReserveForm(ReasonForm):
    """Everybody whose role opens it, or these colleagues only; and why."""

    who = forms.ChoiceField(
        label=_("Who sees what arrives"),
        choices=(
            (EVERYBODY, _("Everybody of its locations whose role opens what patients send")),
            (NAMED, _("Of these only the colleagues chosen below")),
        ),
        widget=forms.RadioSelect,
    )
    words = FindColleagues(
        help_text=_("By name or e-mail address. Whom you have chosen stays chosen.")
    )
    members = forms.MultipleChoiceField(
        label=_("Colleagues"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("One of them does not work here now. Choose again.")},
    )
    field_order = ("who", "members", "words", "reason")

    def __init__(
        self, *args: Any, offered: Iterable[tuple[UUID, str]], is_part: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one), words) for one, words in offered]
        self.fields["members"].choices = choices  # type: ignore[attr-defined]  # a choice field
        if not is_part:
            del self.fields["words"]

    def clean(self) -> dict[str, Any]:
        """Refuse to keep it for nobody."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("who") == NAMED and not cleaned.get("members", True):
            self.add_error("members", _(NobodyNamed.sentence))
        return cleaned

    @property
    def chosen(self) -> frozenset[UUID] | None:
        """For whom it is to be kept; None: for everybody."""
        if self.cleaned_data["who"] == EVERYBODY:
            return None
        return frozenset(UUID(one) for one in self.cleaned_data["members"])
