"""Letters about an account: never a secret beyond the one-time link, nothing of a patient."""

from datetime import timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from keepwell.office.mail.letters import Letter, Need, declare

RESET_LASTS = timedelta(minutes=30)
_EXAMPLE = {"name": "Ada Moreno", "address": "https://keepwell.example"}


class AccountLetter(StrEnum):
    """What there is to be said about an account."""

    DEVICE_TRUSTED = "device_trusted"
    FACTOR = "factor"
    FACTOR_LINK = "factor_link"
    FACTOR_LINK_OF_OWNER = "factor_link_of_owner"
    FACTOR_REMOVED = "factor_removed"
    NEW_DEVICE = "new_device"
    PASSKEY_ADDED = "passkey_added"
    PASSWORD = "password"  # noqa: S105  a letter, not a password
    RECOVERY_CODE = "recovery_code"
    RESET = "reset"
    TEST = "test"


LETTERS = {
    AccountLetter(letter.code): declare(letter)
    for letter in (
        Letter(
            code=AccountLetter.DEVICE_TRUSTED,
            need=Need.ACCOUNT,
            title=_("When a device was trusted"),
            subject=_("A device is not asked for the code of your Keepwell account any more"),
            template="office/sign_in/mail/device_trusted.txt",
            example=_EXAMPLE,
        ),
        Letter(
            code=AccountLetter.FACTOR,
            need=Need.ACCOUNT,
            title=_("When a second step was changed"),
            subject=_("Your second step for Keepwell was changed"),
            template="office/sign_in/mail/factor.txt",
            example=_EXAMPLE,
        ),
        Letter(
            code=AccountLetter.FACTOR_LINK,
            need=Need.ACCOUNT,
            title=_("When a link for a new second step was made on the server"),
            subject=_("A link for a new second step of your Keepwell account was made"),
            template="office/sign_in/mail/factor_link.txt",
            example=_EXAMPLE,
        ),
        Letter(
            code=AccountLetter.FACTOR_LINK_OF_OWNER,
            need=Need.DUTY,
            title=_("To the other owners, when such a link was made for one of them"),
            subject=_("A link for a new second step of an owner was made"),
            template="office/sign_in/mail/factor_link_of_owner.txt",
            example={**_EXAMPLE, "organisation": "Ashgrove Clinic"},
        ),
        Letter(
            code=AccountLetter.FACTOR_REMOVED,
            need=Need.ACCOUNT,
            title=_("When a passkey or the authenticator app was removed"),
            subject=_("A second step of your Keepwell account was removed"),
            template="office/sign_in/mail/factor_removed.txt",
            example=_EXAMPLE,
        ),
        Letter(
            code=AccountLetter.NEW_DEVICE,
            need=Need.ACCOUNT,
            title=_("When a browser not seen before has signed in"),
            subject=_("Your Keepwell account was used in a browser not seen before"),
            template="office/sign_in/mail/new_device.txt",
            example={
                "name": "Ada Moreno",
                "moment": "Tuesday, November 24, 2026, 09:42:07 PST",
                "device": "Firefox, Windows",
                "network": "198.51.100.0/24",
                "days": 7,
                "address": "https://keepwell.example/account/",
            },
        ),
        Letter(
            code=AccountLetter.PASSKEY_ADDED,
            need=Need.ACCOUNT,
            title=_("When a passkey was added"),
            subject=_("A passkey was added to your Keepwell account"),
            template="office/sign_in/mail/passkey_added.txt",
            example=_EXAMPLE,
        ),
        Letter(
            code=AccountLetter.PASSWORD,
            need=Need.ACCOUNT,
            title=_("When a password was changed"),
            subject=_("Your Keepwell password was changed"),
            template="office/sign_in/mail/password.txt",
            example=_EXAMPLE,
        ),
        Letter(
            code=AccountLetter.RECOVERY_CODE,
            need=Need.ACCOUNT,
            title=_("When a recovery code was used"),
            subject=_("A recovery code opened your Keepwell account"),
            template="office/sign_in/mail/recovery_code.txt",
            example=_EXAMPLE,
        ),
        Letter(
            code=AccountLetter.RESET,
            need=Need.ASKED,
            title=_("When somebody forgot the password"),
            subject=_("Choose a new password for Keepwell"),
            template="office/sign_in/mail/reset.txt",
            example={
                **_EXAMPLE,
                "address": "https://keepwell.example/password/new/…/",
                "minutes": 30,
            },
            lasts=RESET_LASTS,
        ),
        Letter(
            code=AccountLetter.TEST,
            need=Need.ASKED,
            title=_("When somebody tries whether mail arrives"),
            subject=_("Keepwell can send mail"),
            template="office/sign_in/mail/test.txt",
            example=_EXAMPLE,
        ),
    )
}
