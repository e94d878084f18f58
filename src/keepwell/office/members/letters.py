"""Letters about who works here: an invitation, somebody waits, you are let in."""

from datetime import timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from keepwell.office.mail.letters import Letter, declare
from keepwell.safeguards.access.invitations.actions import LASTS

_EXAMPLE = {"name": "Ben Okafor", "organisation": "Riverside Clinic"}


class MemberLetter(StrEnum):
    """What there is to be said about working in an organisation."""

    APPROVED = "approved"
    INVITATION = "invitation"
    WAITING = "waiting"


MEMBER_LETTERS = {
    MemberLetter(letter.code): declare(letter)
    for letter in (
        Letter(
            code=MemberLetter.APPROVED,
            title=_("When a colleague was let in"),
            subject=_("You can sign in to Keepwell now"),
            template="office/members/mail/approved.txt",
            example={**_EXAMPLE, "address": "https://keepwell.example"},
        ),
        Letter(
            code=MemberLetter.INVITATION,
            title=_("When a colleague is invited"),
            subject=_("You are invited to Keepwell"),
            template="office/members/mail/invitation.txt",
            example={
                **_EXAMPLE,
                "address": "https://keepwell.example/join/…/",
                "hours": LASTS // timedelta(hours=1),
            },
            lasts=LASTS,
        ),
        Letter(
            code=MemberLetter.WAITING,
            title=_("When a colleague waits to be let in"),
            subject=_("A colleague waits to be let in to Keepwell"),
            template="office/members/mail/waiting.txt",
            example={**_EXAMPLE, "address": "https://keepwell.example/members/"},
        ),
    )
}
