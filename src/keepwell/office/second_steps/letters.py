"""Letters about a new second step: only the member's own holds a link, none says who or why."""

from datetime import timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from keepwell.office.mail.letters import Letter, Need, declare
from keepwell.safeguards.identity.replacements import LASTS_ONCE_OPEN

_EXAMPLE = {"name": "Ben Okafor", "organisation": "Riverside Clinic"}
_ACCOUNT = {**_EXAMPLE, "address": "https://keepwell.example/account/"}
_MEMBERS = {**_EXAMPLE, "address": "https://keepwell.example/members/"}


class SecondStepLetter(StrEnum):
    """What there is to be said about a new second step that a colleague started."""

    CONFIRMED = "second_step_confirmed"
    LINK = "second_step_link"
    STARTED = "second_step_started"
    STOPPED = "second_step_stopped"
    STOPPED_OF_COLLEAGUE = "second_step_stopped_of_colleague"


SECOND_STEP_LETTERS = {
    SecondStepLetter(letter.code): declare(letter)
    for letter in (
        Letter(
            code=SecondStepLetter.CONFIRMED,
            need=Need.ACCOUNT,
            title=_("When a second colleague confirms a new second step"),
            subject=_("The link to your new second step was confirmed"),
            template="office/second_steps/mail/confirmed.txt",
            example=_ACCOUNT,
        ),
        Letter(
            code=SecondStepLetter.LINK,
            need=Need.ASKED,
            title=_("When an administrator starts a new second step for a lost phone"),
            subject=_("A new second step for your Keepwell account"),
            template="office/second_steps/mail/link.txt",
            example={
                **_EXAMPLE,
                "address": "https://keepwell.example/second-step/lost/…/",
                "minutes": 60,
                "hours": LASTS_ONCE_OPEN // timedelta(hours=1),
            },
            lasts=LASTS_ONCE_OPEN,
        ),
        Letter(
            code=SecondStepLetter.STARTED,
            need=Need.DUTY,
            title=_("To owners and administrators, when one of them starts it"),
            subject=_("A new second step was started for a colleague"),
            template="office/second_steps/mail/started.txt",
            example={**_MEMBERS, "minutes": 60},
        ),
        Letter(
            code=SecondStepLetter.STOPPED,
            need=Need.ACCOUNT,
            title=_("When the replacement of a second step was stopped"),
            subject=_("The replacement of your second step was stopped"),
            template="office/second_steps/mail/stopped.txt",
            example=_ACCOUNT,
        ),
        Letter(
            code=SecondStepLetter.STOPPED_OF_COLLEAGUE,
            need=Need.DUTY,
            title=_("To owners and administrators, when it was stopped"),
            subject=_("The new second step of a colleague was stopped"),
            template="office/second_steps/mail/stopped_of_colleague.txt",
            example=_MEMBERS,
        ),
    )
}
