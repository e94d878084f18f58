"""What the pages of sign-in ask for, and what they say when it cannot be used."""

import zoneinfo
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from keepwell.safeguards.access.queries import organisations_of
from keepwell.safeguards.identity import accounts, passkeys, passwords
from keepwell.safeguards.identity.configuration import PASSWORD_ADVISED, PASSWORD_MINIMUM
from keepwell.safeguards.identity.models import Density, Theme, User
from keepwell.shell import locales

PASSWORD_HINT = format_lazy(
    _("At least {minimum} characters; {advised} and more are better. Several words are good."),
    minimum=PASSWORD_MINIMUM,
    advised=PASSWORD_ADVISED,
)


def _email(label: Any, *, is_first: bool = False) -> forms.EmailField:
    attrs = {"autocomplete": "username", "spellcheck": "false"}
    if is_first:
        attrs["autofocus"] = ""
    wrong = _("Write an e-mail address such as name@clinic.example.")
    return forms.EmailField(
        label=label,
        max_length=254,
        widget=forms.EmailInput(attrs=attrs),
        error_messages={"required": wrong, "invalid": wrong},
    )


def _password(label: Any, use: str, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=passwords.LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": use}),
        error_messages={"required": _("Type the password.")},
        **options,
    )


def _code(label: Any, missing: Any, *, digits: int) -> forms.CharField:
    attrs = {
        "autocomplete": "one-time-code",
        "inputmode": "numeric",
        "maxlength": str(digits + 8),
        "class": "code",
        "autofocus": True,
    }
    return forms.CharField(
        label=label,
        max_length=40,
        widget=forms.TextInput(attrs=attrs),
        error_messages={"required": missing},
    )


class PasswordForm(forms.Form):
    """The first step."""

    email = _email(_("E-mail address"), is_first=True)
    password = _password(_("Password"), "current-password")


class OwnPasswordForm(forms.Form):
    """The password of an account that a link has named."""

    password = _password(_("Password"), "current-password")


class DeskPasswordForm(OwnPasswordForm):
    """The password of the name that was pressed at a shared desk: nothing else is typed there."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].widget.attrs["autofocus"] = True


class CodeForm(forms.Form):
    """The second step: six digits."""

    code = _code(_("Six-digit code"), _("Type the six digits that the app shows."), digits=6)


class RecoveryCodeForm(forms.Form):
    """The second step without the phone: eight digits."""

    code = _code(_("Recovery code"), _("Type one of your recovery codes."), digits=8)


class PasskeyForm(forms.Form):
    """A new passkey: what its person calls it, and what the browser made."""

    name = forms.CharField(
        label=_("Name of the passkey"),
        help_text=_("So that you know it again when a device is lost. Such as: my telephone."),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "c20"}),
        error_messages={"required": _("Give it a name that you will know it by.")},
    )
    passkey = forms.CharField(
        max_length=passkeys.LONGEST_ANSWER,
        widget=forms.HiddenInput,
        error_messages={"required": _("The browser made no passkey. Try once more.")},
    )


class ForgottenForm(forms.Form):
    """Where to send the link for a new password."""

    email = _email(_("E-mail address"), is_first=True)


class NewPasswordForm(forms.Form):
    """A new password, checked against the person it is for."""

    password = _password(_("New password"), "new-password", help_text=PASSWORD_HINT)

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """Refuse what is too short, common, or made of the person's or the house's name."""
        typed: str = self.cleaned_data["password"]
        passwords.validate(typed, self.user, houses=self.houses())
        return typed

    def houses(self) -> list[str]:
        """Return the names of the organisations that the password will open."""
        return [one.name for one in organisations_of(self.user)] if self.user else []


class ChangePasswordForm(NewPasswordForm):
    """A new password, given by somebody who knows the old one."""

    present = _password(_("Present password"), "current-password")
    field_order = ("present", "password")

    def clean(self) -> dict[str, Any]:
        """Refuse the present password for a new one."""
        given = super().clean() or {}
        if given.get("password") is not None and given["password"] == given.get("present"):
            self.add_error("password", _("This is your present password. Choose another one."))
        return given


class AgainForm(forms.Form):
    """Both steps again, before something weighty."""

    password = _password(_("Password"), "current-password")
    code = _code(
        _("Six-digit code, or a recovery code"), _("Type the code that the app shows."), digits=8
    )


def _zones() -> Iterable[tuple[str, Any]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(zoneinfo.available_timezones()):
        region, _slash, place = name.partition("/")
        if place and region not in {"Etc", "SystemV", "US", "posix", "right"}:
            groups.setdefault(region, []).append((name, place.replace("_", " ")))
    return [("UTC", "UTC"), *groups.items()]


class JoinForm(NewPasswordForm):
    """Name and password of somebody who was invited; the address is the invitation's."""

    name = forms.CharField(
        label=_("Your name"),
        help_text=_("As colleagues know you. It stands on the trail beside what you do."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Type your name, as colleagues know you.")},
    )
    field_order = ("name", "password")

    def __init__(self, *args: Any, email: str, house: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email, self.house = email, house

    def houses(self) -> list[str]:
        """Return the name of the organisation that invites."""
        return [self.house]

    def clean_password(self) -> str:
        """Check the password against the invitation's address and the name typed above it."""
        self.user = User(email=self.email, name=self.cleaned_data.get("name", ""))
        return super().clean_password()


class SetUpForm(NewPasswordForm):
    """The organisation's profile and its owner's account."""

    organisation = forms.CharField(
        label=_("Name of your clinic or organisation"),
        help_text=_("Patients see it on every form."),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Type the name that patients know you by.")},
    )
    telephone = forms.CharField(
        label=_("Telephone"),
        help_text=_("Stands on every page that a patient opens, for when they would rather call."),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "class": "c20"}),
        error_messages={"required": _("Type the number that patients can call.")},
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Every time on every page is shown in it."),
        choices=lazy(lambda: list(_zones()), list),
        initial="UTC",
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Type your name, as colleagues know you.")},
    )
    email = _email(_("Your e-mail address"))
    field_order = ("organisation", "telephone", "time_zone", "name", "email", "password")

    def clean_telephone(self) -> str:
        """Refuse what nobody could dial."""
        typed: str = self.cleaned_data["telephone"].strip()
        digits = sum(sign.isdigit() for sign in typed)
        if digits < 3 or set(typed) - set("0123456789+-()./ #*") - set("extEXT"):
            raise ValidationError(_("Write a telephone number such as +1 555 0100."))
        return typed

    def clean_email(self) -> str:
        """Refuse an address that has an account already (only the holder of a link gets here)."""
        typed: str = self.cleaned_data["email"]
        if accounts.has_account(typed):
            raise ValidationError(_("This address already has an account here. Use another."))
        return typed

    def houses(self) -> list[str]:
        """Return the name typed above the password."""
        return [self.cleaned_data.get("organisation", "")]

    def clean_password(self) -> str:
        """Check the password against the name and address typed above it."""
        given = self.cleaned_data
        self.user = User(email=given.get("email", ""), name=given.get("name", ""))
        return super().clean_password()


class LookForm(forms.Form):
    """How pages look to oneself."""

    theme = forms.ChoiceField(
        label=_("Colours"), choices=Theme, required=False, widget=forms.RadioSelect
    )
    density = forms.ChoiceField(
        label=_("Room"), choices=Density, required=False, widget=forms.RadioSelect
    )


class LanguageForm(forms.Form):
    """In which language, and with whose dates, one's own pages are written."""

    language = forms.ChoiceField(
        label=_("Language and dates"), required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, usual: str, **kwargs: Any) -> None:
        """Offer what the organisation has first; `usual` is its name."""
        super().__init__(*args, **kwargs)
        field = cast("forms.ChoiceField", self.fields["language"])
        words = _("As the organisation has it: %(name)s") % {"name": usual}
        field.choices = [("", words), *locales.own_choices()]


class KeysForm(forms.Form):
    """Whether single keys act on one's own pages (WCAG 2.1.4)."""

    keys = forms.ChoiceField(
        label=_("Single keys"),
        help_text=_(
            "Switch them off if you speak to your computer, or if keys are pressed by chance. Tab, "
            "Enter and the space bar work either way."
        ),
        choices=[("on", _("On")), ("off", _("Off"))],
        widget=forms.RadioSelect,
    )


class LettersForm(forms.Form):
    """Whether one wants the letter that nobody has to get."""

    summary = forms.ChoiceField(
        label=_("Daily summary"),
        help_text=_(
            "At seven in the morning, on days when something waits for you: how many submissions "
            "nobody has opened, how many requests for access and alerts. Numbers and links, no "
            "names. Each letter has a link that stops it."
        ),
        choices=[("", _("No letter")), ("yes", _("A letter in the morning"))],
        required=False,
        widget=forms.RadioSelect,
    )
