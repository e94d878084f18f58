"""Mails about an account: never a secret beyond the one-time link, never anything of a patient."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from keepwell.safeguards.identity.models import User


def send_reset_link(user: User, path: str) -> None:
    """Send the link for a new password; its host is configured, never taken from a request (T9)."""
    address = settings.KEEPWELL_STAFF_URL + path
    _send(user, _("Choose a new password for Keepwell"), "reset", address)


def tell(user: User, what: str) -> None:
    """Tell a person that something about the way into the account has changed (ASVS 6.3.7)."""
    subjects = {
        "password": _("Your Keepwell password was changed"),
        "factor": _("Your second step for Keepwell was changed"),
        "recovery_code": _("A recovery code opened your Keepwell account"),
    }
    _send(user, subjects[what], what, settings.KEEPWELL_STAFF_URL)


def _send(user: User, subject: str, name: str, address: str) -> None:
    context = {"user": user, "address": address}
    words = render_to_string(f"office/sign_in/mail/{name}.txt", context)
    EmailMessage(subject=subject, body=words, to=[user.email]).send()
