"""What is asked of somebody who asks for access, and of whoever decides."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keepwell.office.reasons import LONGEST, ReasonForm

HOUR, DAY = 60, 24 * 60
DURATIONS = (
    (30, _("30 minutes")),
    (HOUR, _("1 hour")),
    (4 * HOUR, _("4 hours")),
    (8 * HOUR, _("8 hours, a working day")),
    (DAY, _("1 day")),
    (7 * DAY, _("7 days")),
)


class AskForm(ReasonForm):
    """What for, how long, why."""

    permissions = forms.MultipleChoiceField(
        label=_("What do you need?"),
        help_text=_("Only what this work takes."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one."),
            "invalid_choice": _("Choose from the list: the rest you have, or nobody can ask for."),
        },
    )
    minutes = forms.TypedChoiceField(
        label=_("For how long?"),
        help_text=_("It begins when somebody says yes, and ends by itself."),
        choices=DURATIONS,
        coerce=int,
        error_messages={"required": _("Choose for how long.")},
    )
    reason = forms.CharField(
        label=_("What is it for?"),
        help_text=_("Whoever decides reads it. It goes on the trail, sealed, with your name."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say what it is for: somebody decides by it.")},
    )
    field_order = ("permissions", "minutes", "reason")

    def __init__(
        self, *args: Any, offered: Iterable[tuple[str, str | Promise]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["permissions"].choices = list(offered)  # type: ignore[attr-defined]  # a ChoiceField
