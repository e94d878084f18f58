"""Django's entry for mail."""

from django.apps import AppConfig


class MailConfig(AppConfig):
    """Register mail, whose `tasks` send what waits."""

    name = "keepwell.safeguards.mail"
    label = "mail"
