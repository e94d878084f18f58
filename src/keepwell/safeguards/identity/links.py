"""Links that work once: 256 random bits, kept as a hash, bound to one purpose, used up by a POST.

Opening the page of a link changes nothing, because mail scanners open links too (security.md, T19).
"""

import secrets
from datetime import timedelta
from uuid import UUID

from keepwell.safeguards.identity.models import LinkPurpose, OneTimeLink, User
from keepwell.safeguards.identity.sessions import digest_of
from keepwell.toolkit.clock import now


def make(purpose: LinkPurpose, *, lasts: timedelta, user: User | None = None) -> str:
    """Make a link's token; earlier unused ones of the same purpose and account stop working."""
    OneTimeLink.objects.filter(purpose=purpose, user=user, used__isnull=True).delete()
    token = secrets.token_urlsafe(32)
    OneTimeLink.objects.create(
        token_digest=digest_of(token), purpose=purpose, user=user, expires=now() + lasts
    )
    return token


def find(purpose: LinkPurpose, token: str) -> OneTimeLink | None:
    """Return the link behind a token if it still works; looking does not use it up."""
    links = OneTimeLink.objects.select_related("user")
    return links.filter(
        token_digest=digest_of(token), purpose=purpose, used__isnull=True, expires__gt=now()
    ).first()


def standing(purpose: LinkPurpose, link: UUID, user: User) -> OneTimeLink | None:
    """Return a link that this account has begun to follow, if it still works."""
    links = OneTimeLink.objects.select_related("user")
    return links.filter(
        pk=link, user=user, purpose=purpose, used__isnull=True, expires__gt=now()
    ).first()


def use(link: OneTimeLink) -> bool:
    """Use a link up; of any number of callers at once exactly one hears True."""
    standing = OneTimeLink.objects.filter(pk=link.pk, used__isnull=True, expires__gt=now())
    return standing.update(used=now()) == 1


def sweep() -> int:
    """Delete links that expired more than a day ago."""
    return OneTimeLink.objects.filter(expires__lt=now() - timedelta(days=1)).delete()[0]
