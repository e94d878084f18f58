"""What the pages of members ask for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keepwell.office.reasons import ReasonForm
from keepwell.safeguards.access.errors import OwnerEverywhere
from keepwell.safeguards.access.invitations.actions import Invited
from keepwell.safeguards.access.roles import Role
from keepwell.shell.locations import WhereForm
from keepwell.shell.once import OnceField

WHAT_ROLES_DO = _(
    "Members work with data of patients. Administrators set up forms, settings and members, and "
    "open no data of patients. Technicians look after jobs and mail, and see no patients, no "
    "members and no trail. Auditors read the trail. Owners may do everything."
)


class FindForm(forms.Form):
    """Whom somebody looks for among colleagues; posted, so that no name stands in an address."""

    words = forms.CharField(
        label=_("Name or e-mail address"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class RoleForm(WhereForm, ReasonForm):
    """A role that the viewer may give, at which locations, and why."""

    role = forms.ChoiceField(
        label=_("Role"),
        help_text=WHAT_ROLES_DO,
        error_messages={
            "required": _("Choose what this colleague works as."),
            "invalid_choice": _("Choose a role that you may give."),
        },
    )
    field_order: tuple[str, ...] = ("role", "locations", "reason")

    def __init__(self, *args: Any, giver: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [Role.MEMBER, Role.ADMINISTRATOR, Role.TECHNICIAN, Role.AUDITOR]
        offered += [Role.OWNER] if giver == Role.OWNER else []
        choices = [(role.value, role.label) for role in offered]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    @property
    def given(self) -> dict[str, Any]:
        """What was given, as the acts on members take it."""
        given = self.cleaned_data
        where = {"role": Role(given["role"]), "locations": self.where}
        return {**where, "reason": given["reason"]}

    def clean(self) -> dict[str, Any]:
        """Refuse an owner of some locations only."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("role") == Role.OWNER and cleaned.get("locations") is not None:
            self.add_error("locations", _(OwnerEverywhere.sentence))
        return cleaned


class InviteForm(RoleForm):
    """Whom to invite, as what."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("The colleague can correct it."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Type the name of your colleague.")},
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("An address of their own: nobody else may read the mail that goes there."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "required": _("Write an e-mail address such as name@clinic.example."),
            "invalid": _("Write an e-mail address such as name@clinic.example."),
        },
    )
    once = OnceField()
    field_order = ("name", "email", "role", "locations", "reason")

    @property
    def whom(self) -> Invited:
        """Who is invited, and as what."""
        given = self.cleaned_data
        return Invited(
            email=given["email"],
            name=given["name"],
            role=Role(given["role"]),
            locations=self.where,
        )


class LetInForm(ReasonForm):
    """How one knows that it is this person."""

    reason = forms.CharField(
        label=_("How do you know that it is this person?"),
        help_text=_("Such as: asked at the desk. It goes on the trail, sealed, with your name."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say how you know: it goes on the trail.")},
    )
