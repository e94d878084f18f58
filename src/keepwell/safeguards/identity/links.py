"""Links that work once: random, kept as a hash, bound to one purpose, used up by a POST.

A token has 256 bits of randomness; one that people type has 128.

Opening the page of a link changes nothing, because mail scanners open links too (security.md, T19).
"""

import secrets
from datetime import timedelta
from uuid import UUID

from django.db import models

from keepwell.safeguards.identity.models import LinkPurpose, OneTimeLink, User
from keepwell.safeguards.identity.sessions import digest_of
from keepwell.toolkit.clock import now


def make(
    purpose: LinkPurpose,
    *,
    lasts: timedelta,
    user: User | None = None,
    organisation: UUID | None = None,
    about: UUID | None = None,
    token: str = "",
) -> str:
    """Make a link's token; earlier unused ones of the same purpose and subject stop working.

    A caller whose link is printed and typed gives a `token` of its own, of 128 random bits or more.
    """
    OneTimeLink.objects.filter(purpose=purpose, user=user, about=about, used__isnull=True).delete()
    token = token or secrets.token_urlsafe(32)
    OneTimeLink.objects.create(
        token_digest=digest_of(token),
        purpose=purpose,
        user=user,
        organisation=organisation,
        about=about,
        expires=now() + lasts,
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


def find_by_id(purpose: LinkPurpose, link: UUID) -> OneTimeLink | None:
    """Return a link that a session has noted, by its id, if it still works."""
    links = OneTimeLink.objects.select_related("user")
    return links.filter(pk=link, purpose=purpose, used__isnull=True, expires__gt=now()).first()


def end_those_of(user: UUID) -> list[OneTimeLink]:
    """End every link that would still work for an account; return what they were.

    Not those that lead to something of its own, a replacement that another organisation started:
    they end with it.
    """
    return _end(OneTimeLink.objects.filter(user=user, about__isnull=True))


def end_those_about(about: UUID) -> list[OneTimeLink]:
    """End every link that would still lead to this row; return what they were."""
    return _end(OneTimeLink.objects.filter(about=about))


def end_those_for(purpose: LinkPurpose, user: User) -> list[OneTimeLink]:
    """End every link of one purpose that would still work for an account."""
    return _end(OneTimeLink.objects.filter(purpose=purpose, user=user))


def _end(links: models.QuerySet[OneTimeLink]) -> list[OneTimeLink]:
    standing = list(links.filter(used__isnull=True, expires__gt=now()))
    return [link for link in standing if use(link)]


def use(link: OneTimeLink) -> bool:
    """Use a link up; of any number of callers at once exactly one hears True."""
    standing = OneTimeLink.objects.filter(pk=link.pk, used__isnull=True, expires__gt=now())
    return standing.update(used=now()) == 1


def sweep() -> int:
    """Delete links that expired more than a day ago."""
    return OneTimeLink.objects.filter(expires__lt=now() - timedelta(days=1)).delete()[0]
