"""The link to the clinic's Notice of Privacy Practices: `{% load privacy %}`."""

from dataclasses import dataclass

from django import template
from django.conf import settings
from django.db import Error as DatabaseError
from django.urls import reverse
from django.utils.translation import get_language

from keepwell.safeguards.consent.languages import Language, language_of
from keepwell.safeguards.consent.notices.queries import read_by_anybody
from keepwell.safeguards.tenancy.models import Organisation

register = template.Library()


@dataclass(frozen=True, slots=True)
class NoticeLink:
    """Where the notice is read, under which title, in which language."""

    address: str
    title: str
    language: Language


@register.simple_tag
def notice_of(organisation: Organisation | None, language: str = "") -> NoticeLink | None:
    """Return the way to the notice in the page's language; None where there is no notice.

    `language` is that of the form on the page, which comes before that of our own words. Never
    raises: error pages have this link too, and the database may be what failed.
    """
    if not organisation or organisation._state.adding:  # of the gallery: in no database
        return None
    try:
        found = read_by_anybody(organisation, [language, get_language() or ""])
    except DatabaseError:
        return None
    if found is None:
        return None
    tag, address = found.text.language, found.text.address
    own = reverse(settings.KEEPWELL_NOTICE_ROUTE, args=[organisation.pk, tag])
    return NoticeLink(address or own, found.text.title, language_of(tag))
