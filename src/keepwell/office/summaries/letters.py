"""The letter of the morning: numbers and the way to the pages. No name, no title, no id."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from keepwell.office.mail.letters import Letter, Need, declare

SUMMARY = declare(
    Letter(
        code="summary",
        need=Need.CHOSEN,
        title=_("Daily summary: what waits for you"),
        subject=_("What waits for you in Keepwell"),
        template="office/summaries/mail/summary.txt",
        example={
            "name": "Ben Okafor",
            "organisation": "Riverside Clinic",
            "waiting": "3 submissions that nobody has opened\n\nhttps://keepwell.example/inbox/",
            "stop": "https://keepwell.example/unsubscribe/…/",
        },
        lasts=timedelta(hours=12),
    )
)
