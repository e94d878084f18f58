"""The daily letter with the trail's signed head: a copy that the server cannot take back."""

from django.utils.translation import gettext_lazy as _

from keepwell.office.mail.letters import Letter, Need, declare

CHECKPOINT = declare(
    Letter(
        code="checkpoint",
        need=Need.DUTY,
        title=_("Every day, for owners: the signed head of the trail"),
        subject=_("Checkpoint of your trail"),
        template="office/mail/letters/checkpoint.txt",
        example={
            "name": "Ada Moreno",
            "organisation": "Riverside Clinic",
            "address": "https://keepwell.example/trail/",
            "checkpoint": "keepwell/0193b5c7-8d21-7a40-9c41-77e0b1d25f6a\n1024\n"
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
            "signed 2026-11-24T08:00:00.000000Z\n\n"
            "— keepwell/0193b5c7-8d21-7a40-9c41-77e0b1d25f6a …",
        },
    )
)
