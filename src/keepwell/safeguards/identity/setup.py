"""The one-time link by which an owner sets up organisation, password and second factor."""

from datetime import timedelta

from django.urls import reverse

from keepwell.safeguards.identity import links
from keepwell.safeguards.identity.models import LinkPurpose, User

LASTS = timedelta(hours=24)


def new_link() -> str:
    """Make a set-up link and return its path (`make run` puts the staff address before it)."""
    token = links.make(LinkPurpose.SET_UP, lasts=LASTS)
    return reverse("sign_in:set_up", args=[token])


def is_needed() -> bool:
    """Tell whether nobody has an account yet."""
    return not User.objects.exists()
