"""Versions and languages of the notice as its pages list them."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from keepwell.safeguards.consent.languages import Language, language_of
from keepwell.safeguards.consent.models import Notice, NoticeText
from keepwell.safeguards.consent.notices.layout import has_header
from keepwell.safeguards.consent.notices.queries import Standing


@dataclass(frozen=True, slots=True)
class TextLine:
    """A notice in one language, as staff see it in a list."""

    row: NoticeText
    language: Language
    lacks_header: bool
    url: str = ""


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A published version: how it stands, and where each language is read."""

    notice: Notice
    texts: tuple[TextLine, ...]
    state: str
    tone: str


def text_line(row: NoticeText, url: str = "") -> TextLine:
    """Say which language it is, and whether an English text lacks what the law wants first."""
    is_english = row.language.partition("-")[0] == "en"
    lacks = bool(row.text) and is_english and not has_header(row.text)
    return TextLine(row, language_of(row.language), lacks, url)


def lines_of(standing: Standing, today: date) -> list[VersionLine]:
    """List the published versions, newest first."""
    return [_version(standing, notice, texts, today) for notice, texts in standing.versions]


def _version(
    standing: Standing, notice: Notice, texts: tuple[NoticeText, ...], today: date
) -> VersionLine:
    lines = tuple(text_line(one, address_of(notice, one)) for one in texts)
    if notice.number == standing.in_force:
        return VersionLine(notice, lines, _("Applies now"), "success")
    if notice.effective and notice.effective > today and notice == standing.newest:
        return VersionLine(notice, lines, _("Applies later"), "info")
    return VersionLine(notice, lines, _("Earlier version"), "")


def address_of(notice: Notice, text: NoticeText) -> str:
    """Return where anybody reads this version in this language."""
    path = reverse("notices:version", args=[notice.organisation_id, notice.number, text.language])
    return urljoin(settings.KEEPWELL_PUBLIC_URL, path)


def public_address(organisation: UUID) -> str:
    """Return the address that stays: what applies, in the reader's language."""
    return urljoin(settings.KEEPWELL_PUBLIC_URL, reverse("notices:notice", args=[organisation]))
