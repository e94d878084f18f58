"""The question of a trail kept for fewer years."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keepwell.office.reasons import ReasonForm
from keepwell.safeguards.audit import retention


class YearsForm(ReasonForm):
    """For how many years instead of those of now, and why."""

    def __init__(self, *args: Any, now: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["years"] = forms.IntegerField(
            label=_("Keep it for so many years"),
            help_text=_(
                "%(least)s to %(most)s: no fewer than the law asks for, and fewer than now."
            )
            % {"least": retention.FEWEST_YEARS, "most": now - 1},
            min_value=retention.FEWEST_YEARS,
            max_value=now - 1,
            error_messages={
                "required": _("Say for how many years."),
                "invalid": _("Write a number of years."),
                "min_value": _("Write at least %(limit_value)s years: the law asks for them."),
                "max_value": _("Write at most %(limit_value)s years: fewer than now."),
            },
        )
        self.order_fields(["years", "reason"])
