"""The letter about an alert: which rule was met, and where to look. Nothing of whom or what."""

from django.utils.translation import gettext_lazy as _

from keepwell.office.mail.letters import Letter, Need, declare

ALERT = declare(
    Letter(
        code="alert",
        need=Need.DUTY,
        title=_("When something on the trail alerts, for officers"),
        subject=_("An alert in Keepwell"),
        template="office/alerts/mail/alert.txt",
        example={
            "name": "Ben Okafor",
            "organisation": "Riverside Clinic",
            "alert": "Many failed sign-ins",
            "address": "https://keepwell.example/alerts/…/",
        },
    )
)
