"""The owner's set-up link, as an operator sees it in a terminal."""

from django.conf import settings

from keepwell.cli.terminal import say
from keepwell.safeguards.identity import setup

_SET_UP = """
Nobody has an account yet. Whoever opens this link first sets up the organisation, its owner, a
password and a second factor. It works once, for 24 hours; starting again makes a new one.

  {url}"""


def say_if_needed() -> None:
    """Make a link and print it, as long as nobody has an account."""
    if setup.is_needed():
        say(_SET_UP.format(url=settings.KEEPWELL_STAFF_URL + setup.new_link()))
