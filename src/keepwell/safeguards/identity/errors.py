"""How identity refuses."""

from typing import ClassVar

from django.utils.translation import gettext_noop as _

from keepwell.toolkit.errors import KeepwellError


class LastSecondStep(KeepwellError):  # noqa: N818  names the fact
    """Without it the password alone would be left; it can only be replaced."""

    code: ClassVar[str] = "last_second_step"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "This is your only second step. Nothing was removed. Add another one first, or replace it."
    )


class SignInEnded(KeepwellError):  # noqa: N818  names the fact
    """The sign-in under way was ended, or its password changed, while a step was judged."""

    code: ClassVar[str] = "sign_in_ended"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "This sign-in was ended meanwhile, on another device or by a colleague. Sign in anew."
    )


class TooManyPasskeys(KeepwellError):  # noqa: N818  names the fact
    """An account has as many passkeys as it may have."""

    code: ClassVar[str] = "too_many_passkeys"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _("You have 20 passkeys. Nothing was added. Remove one first.")


class ReplacementStands(KeepwellError):  # noqa: N818  names the fact
    """A new second step was asked for already and is still under way."""

    code: ClassVar[str] = "replacement_stands"
    status: ClassVar[int] = 409
    sentence: ClassVar[str] = _(
        "A new second step is under way for this person already. Nothing was changed. "
        "Stop that one first if it is to begin anew."
    )


class LinkUsed(KeepwellError):  # noqa: N818  names the fact
    """A one-time link was used, ran out, or never was: one answer for the three."""

    code: ClassVar[str] = "link_used"
    status: ClassVar[int] = 410
    sentence: ClassVar[str] = "This link no longer works: each works once and for a short while."
