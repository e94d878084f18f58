"""What acts say beside the letters they write: while no mail server is set, letters only wait."""

from django.utils.translation import gettext as _

from keepwell.safeguards.mail import post


def sentence() -> str:
    """Say that a letter waits; nothing where a server is set."""
    return "" if post.server() else _("No mail server is set up yet: the letter waits.")


def with_letter(said: str) -> str:
    """Return what an act says that wrote a letter, and that the letter waits if it does."""
    return f"{said} {sentence()}".rstrip()
