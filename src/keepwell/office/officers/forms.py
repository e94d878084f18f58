"""Whom to name, and why."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from keepwell.office.reasons import ReasonForm

NOBODY = ""


class OfficerForm(ReasonForm):
    """One of the members who can serve, or nobody."""

    member = forms.ChoiceField(
        label=_("Who"),
        help_text=_("Owners, administrators and auditors can serve: an officer reads the trail."),
        required=False,
        error_messages={"invalid_choice": _("Choose somebody who is in the list.")},
    )
    field_order = ("member", "reason")

    def __init__(self, *args: Any, offered: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one), words) for one, words in offered]
        nobody = (NOBODY, _("Nobody: owners stand in"))
        self.fields["member"].choices = [*choices, nobody]  # type: ignore[attr-defined]  # a ChoiceField
