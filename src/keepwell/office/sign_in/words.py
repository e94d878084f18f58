"""What sign-in says when a try did not work: the same for everybody, never which half was wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from keepwell.safeguards.identity.models import Factor, Passkey, SessionRecord
from keepwell.safeguards.identity.second_factor import CodeAnswer
from keepwell.safeguards.identity.sessions import Ending

FORGOTTEN = "names-forgotten"
"""Why somebody stands before the sign-in page, when no session has ended."""


def no_match() -> str:
    """Say that address and password do not belong together; nothing tells which is wrong."""
    return _("This e-mail address and password do not belong together. Check both and try again.")


def span(of: timedelta) -> str:
    """Say how long something takes, in the unit that suits it, rounded up."""
    seconds = max(1, int(of.total_seconds()))
    if seconds < 90:
        return ngettext("%d second", "%d seconds", seconds) % seconds
    if seconds < 5400 and seconds % 3600:
        minutes = -(-seconds // 60)
        return ngettext("%d minute", "%d minutes", minutes) % minutes
    hours = -(-seconds // 3600)
    return ngettext("%d hour", "%d hours", hours) % hours


def wait(for_: timedelta) -> str:
    """Say how long to wait before the next try."""
    said = _("Too many tries did not match. The next one is possible in %(span)s.")
    return said % {"span": span(for_)}


def password() -> str:
    """Say that the password is wrong, to somebody whose link names the account already."""
    return _("This is not the password of this account. Check it and try again.")


def code(answer: CodeAnswer | None) -> str:
    """Say what is wrong with a six-digit code and what would be right."""
    words = {
        CodeAnswer.EARLIER: _(
            "That code was for an earlier half-minute. Type the one showing now."
        ),
        CodeAnswer.USED: _("That code was used already. Wait for the next one, then type it."),
    }
    wrong = _("That is not the code the app shows now. Check the app and type it again.")
    return words.get(answer, wrong) if answer else wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """One line of the list of one's sessions; `place`: what the organisation calls its network."""

    record: SessionRecord
    is_this: bool
    place: str
    way: str


def way(factor: str, passkeys: Sequence[Passkey]) -> str:
    """Say what a session's second step was done with; nothing where that is not known."""
    if factor == Factor.APP:
        return _("with the authenticator app")
    if factor == Factor.RECOVERY_CODE:
        return _("with a recovery code")
    if factor == Factor.TRUSTED_DEVICE:
        return _("without a code, on a trusted device")
    named = next((one.name for one in passkeys if str(one.pk) == factor), "")
    return _("with the passkey %(name)s") % {"name": named} if named else ""


def passkey() -> str:
    """Say that a passkey did not open the door, whatever was wrong with it."""
    return _("That passkey did not work here. Try it once more, or sign in with password and code.")


def recovery_code() -> str:
    """Say that a recovery code does not work."""
    return _("That is not one of your unused recovery codes. Each works once: try another.")


def ending(because: str) -> dict[str, Any] | None:
    """Say why a session ended: tone and words of the notice above the sign-in form."""
    words: dict[str, tuple[str, str]] = {
        Ending.ABSOLUTE: ("info", _("You were signed out after 12 hours. Sign in again to go on.")),
        Ending.ENDED_BY_COLLEAGUE: (
            "warning",
            _(
                "An owner or administrator ended your sessions, and wrote down why. Sign in to go "
                "on. If it surprises you, ask them, and change your password."
            ),
        ),
        Ending.ENDED_ELSEWHERE: ("info", _("This session was ended from another device.")),
        Ending.IDLE: (
            "info",
            _(
                "You were signed out because nobody used Keepwell here for a while. "
                "Sign in, and you are back on the page you left."
            ),
        ),
        Ending.MEMBERSHIP_ENDED: (
            "info",
            _(
                "Your access to the organisation you worked in was ended. "
                "If that is a mistake, ask an owner or administrator there."
            ),
        ),
        Ending.ORGANISATION_ERASED: (
            "info",
            _("The organisation you worked in was erased from this installation."),
        ),
        Ending.OUTSIDE_NETWORKS: (
            "warning",
            _(
                "You were signed out: your organisation lets people work only from networks it has "
                "allowed, and you came from another. Sign in again from an allowed one."
            ),
        ),
        Ending.PASSWORD_CHANGED: (
            "info",
            _("Your password was changed. Sign in with the new one."),
        ),
        Ending.SIGNED_OUT: ("success", _("You are signed out.")),
        FORGOTTEN: ("success", _("This computer shows no names any more. Sign in as always.")),
    }
    if because not in words:
        return None
    tone, said = words[because]
    return {"tone": tone, "words": said}
