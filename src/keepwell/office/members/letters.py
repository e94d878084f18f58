"""Letters about who works here: an invitation, somebody waits, you are let in."""

from datetime import timedelta
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from keepwell.office.mail.letters import Letter, Need, declare
from keepwell.safeguards.access.invitations.actions import LASTS

_EXAMPLE = {"name": "Ben Okafor", "organisation": "Riverside Clinic"}


class MemberLetter(StrEnum):
    """What there is to be said about working in an organisation."""

    APPROVED = "approved"
    ELEVATION_APPROVED = "elevation-approved"
    ELEVATION_ASKED = "elevation-asked"
    ELEVATION_ENDED = "elevation-ended"
    ELEVATION_REFUSED = "elevation-refused"
    EMERGENCY = "emergency"
    INVITATION = "invitation"
    OFFICER = "officer"
    PROPOSAL = "proposal"
    PROPOSAL_ALONE = "proposal-alone"
    PROPOSAL_CONFIRMED = "proposal-confirmed"
    REPORT_SHARED = "report-shared"
    TRAIL_SHARED = "trail-shared"
    WAITING = "waiting"


MEMBER_LETTERS = {
    MemberLetter(letter.code): declare(letter)
    for letter in (
        Letter(
            code=MemberLetter.APPROVED,
            need=Need.ASKED,
            title=_("When a colleague was let in"),
            subject=_("You can sign in to Keepwell now"),
            template="office/members/mail/approved.txt",
            example={**_EXAMPLE, "address": "https://keepwell.example"},
        ),
        Letter(
            code=MemberLetter.ELEVATION_APPROVED,
            need=Need.ASKED,
            title=_("When access for a while is given"),
            subject=_("You have the access you asked for in Keepwell"),
            template="office/elevations/mail/approved.txt",
            example={**_EXAMPLE, "address": "https://keepwell.example/access/"},
        ),
        Letter(
            code=MemberLetter.ELEVATION_ASKED,
            need=Need.DUTY,
            title=_("When a colleague asks for more access"),
            subject=_("A colleague asks for access in Keepwell"),
            template="office/elevations/mail/asked.txt",
            example={**_EXAMPLE, "address": "https://keepwell.example/access/"},
        ),
        Letter(
            code=MemberLetter.ELEVATION_ENDED,
            need=Need.ASKED,
            title=_("When access for a while is taken back"),
            subject=_("Access in Keepwell was taken back"),
            template="office/elevations/mail/ended.txt",
            example={**_EXAMPLE, "address": "https://keepwell.example/access/"},
        ),
        Letter(
            code=MemberLetter.ELEVATION_REFUSED,
            need=Need.ASKED,
            title=_("When access for a while is refused"),
            subject=_("The access you asked for in Keepwell was refused"),
            template="office/elevations/mail/refused.txt",
            example={**_EXAMPLE, "address": "https://keepwell.example/access/"},
        ),
        Letter(
            code=MemberLetter.EMERGENCY,
            need=Need.DUTY,
            title=_("When emergency access is begun, for officers"),
            subject=_("Emergency access was begun in Keepwell"),
            template="office/emergencies/mail/emergency.txt",
            example={**_EXAMPLE, "address": "https://keepwell.example/emergency/"},
        ),
        Letter(
            code=MemberLetter.INVITATION,
            need=Need.ASKED,
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
            code=MemberLetter.OFFICER,
            need=Need.DUTY,
            title=_("When somebody is named an officer"),
            subject=_("You are named an officer in Keepwell"),
            template="office/officers/mail/officer.txt",
            example={**_EXAMPLE, "address": "https://keepwell.example/members/"},
        ),
        Letter(
            code=MemberLetter.PROPOSAL,
            need=Need.DUTY,
            title=_("When something waits for a second person"),
            subject=_("A proposal waits for you in Keepwell"),
            template="office/two_persons/mail/proposal.txt",
            example={**_EXAMPLE, "address": "https://keepwell.example/two-persons/"},
        ),
        Letter(
            code=MemberLetter.PROPOSAL_ALONE,
            need=Need.DUTY,
            title=_("When somebody who is alone proposed what takes two"),
            subject=_("What takes two persons was proposed in Keepwell"),
            template="office/two_persons/mail/alone.txt",
            example={**_EXAMPLE, "address": "https://keepwell.example/two-persons/"},
        ),
        Letter(
            code=MemberLetter.PROPOSAL_CONFIRMED,
            need=Need.ASKED,
            title=_("When a proposal is confirmed"),
            subject=_("Your proposal is confirmed in Keepwell"),
            template="office/two_persons/mail/confirmed.txt",
            example={**_EXAMPLE, "address": "https://keepwell.example/two-persons/"},
        ),
        Letter(
            code=MemberLetter.REPORT_SHARED,
            need=Need.ASKED,
            title=_("When a colleague shares a report"),
            subject=_("A colleague shared a report with you in Keepwell"),
            template="office/persons/mail/shared.txt",
            example={**_EXAMPLE, "address": "https://keepwell.example"},
        ),
        Letter(
            code=MemberLetter.TRAIL_SHARED,
            need=Need.ASKED,
            title=_("When a colleague shares a part of the trail"),
            subject=_("A colleague shared a part of the trail with you in Keepwell"),
            template="office/trail/mail/shared.txt",
            example={**_EXAMPLE, "address": "https://keepwell.example"},
        ),
        Letter(
            code=MemberLetter.WAITING,
            need=Need.DUTY,
            title=_("When a colleague waits to be let in"),
            subject=_("A colleague waits to be let in to Keepwell"),
            template="office/members/mail/waiting.txt",
            example={**_EXAMPLE, "address": "https://keepwell.example/members/"},
        ),
    )
}

# Where a letter leads; one that is not here leads to the first page.
MEMBER_PAGES = {
    MemberLetter.ELEVATION_APPROVED: "office:elevations",
    MemberLetter.ELEVATION_ASKED: "office:elevations",
    MemberLetter.ELEVATION_ENDED: "office:elevations",
    MemberLetter.ELEVATION_REFUSED: "office:elevations",
    MemberLetter.EMERGENCY: "office:emergencies",
    MemberLetter.OFFICER: "office:members",
    MemberLetter.PROPOSAL: "office:proposals",
    MemberLetter.PROPOSAL_ALONE: "office:proposals",
    MemberLetter.PROPOSAL_CONFIRMED: "office:proposals",
    MemberLetter.WAITING: "office:members",
}
