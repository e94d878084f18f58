"""The question "at which locations": of colleagues, forms, and whatever else belongs to some."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from keepwell.safeguards.access.locations.placing import Locations
from keepwell.safeguards.tenancy.models import Location

ALL = "all"


class WhereField(forms.MultipleChoiceField):
    """Some locations or all; its value is a set of ids, None for all."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {"both": _("Choose all locations, or some of them, not both.")}

    def clean(self, value: Any) -> Locations:
        """Return ids, or None for all; refuse both, for nobody knows which of them was meant."""
        chosen = super().clean(value)
        if ALL not in chosen:
            return frozenset(UUID(one) for one in chosen)
        if set(chosen) != {ALL}:
            raise forms.ValidationError(self.error_messages["both"], code="both")
        return None


class WhereForm(forms.Form):
    """Asks only where there is a choice: with one location everything belongs to all."""

    locations = WhereField(
        label=_("Locations"),
        help_text=_("All includes locations that are added later."),
        error_messages={
            "required": _("Choose all locations, or one or more of them."),
            "invalid_choice": _("One of these locations is not open any more. Choose again."),
        },
    )

    def __init__(
        self,
        *args: Any,
        offered: Sequence[Location],
        is_all_offered: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        is_everywhere = self.initial.get("locations", [ALL]) == [ALL]
        self.is_asked = len(offered) > 1 or not is_everywhere
        field = self.fields["locations"]
        field.choices = [  # type: ignore[attr-defined]  # a MultipleChoiceField
            *([(ALL, _("All locations"))] if is_all_offered else []),
            *((str(one.pk), one.name) for one in offered),
        ]
        if not self.is_asked:
            del self.fields["locations"]

    @property
    def where(self) -> Locations:
        """What was chosen; all where nothing was asked."""
        chosen: Locations = self.cleaned_data.get("locations")
        return chosen


def initial_of(locations: Locations) -> list[str]:
    """Return the boxes that are ticked at first."""
    return [ALL] if locations is None else [str(one) for one in locations]
