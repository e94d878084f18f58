"""Django's entry for shell."""

from django.apps import AppConfig


class ShellConfig(AppConfig):
    """Register shell under its label, which the store router reads."""

    name = "keepwell.shell"
    label = "shell"
