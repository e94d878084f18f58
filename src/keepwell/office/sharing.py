"""With which colleague something of the trail is shared, for how long and why: asked alike."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from keepwell.office import choosing, places
from keepwell.office.choosing import FindColleagues, Offer
from keepwell.office.reasons import ReasonForm, days_field
from keepwell.safeguards.access.lending import DAYS, MOST_DAYS
from keepwell.safeguards.access.members.queries import Pool
from keepwell.safeguards.tenancy.viewer import Viewer


class ShareForm(ReasonForm):
    """With which colleague, for how many days, and why."""

    colleague = forms.TypedChoiceField(
        label=_("Colleague"),
        coerce=UUID,
        error_messages={
            "required": _("Choose a colleague."),
            "invalid_choice": _("Choose somebody who is in the list."),
        },
    )
    days = days_field(MOST_DAYS)
    words = FindColleagues(help_text=_("By name or e-mail address."))
    field_order = ("words", "colleague", "days", "reason")

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer = offer
        choices = [("", _("Choose")), *((str(one), words) for one, words in offer.choices)]
        self.fields["colleague"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        if offer.is_part:
            self.fields["colleague"].help_text = offer.hint
        else:
            del self.fields["words"]

    @classmethod
    def asked(cls, request: HttpRequest, viewer: Viewer) -> "ShareForm":
        """Offer every colleague, or of many who was just chosen and who fits what was typed."""
        posted = places.posted(request)
        initial: dict[str, Any] = {"days": DAYS}
        if posted is not None:
            initial = {name: posted.get(name, "") for name in cls.base_fields}
        chosen, like = [initial.get("colleague", "")], initial.get("words", "")
        offer = choosing.offered(viewer, Pool(but=viewer.actor), chosen=chosen, like=like)
        data = None if choosing.is_finding(request) else posted
        return cls(data, offer=offer, initial=initial)

    @property
    def has_colleagues(self) -> bool:
        """Whether there is anybody to share with."""
        return bool(self.offer.rows) or self.offer.is_part

    def given(self) -> dict[str, Any]:
        """Return what a valid form says: the colleague's account, the days, the reason."""
        accounts = {row.pk: row.user_id for row in self.offer.rows}
        said = {name: self.cleaned_data[name] for name in ("days", "reason")}
        return said | {"colleague": accounts[self.cleaned_data["colleague"]]}
