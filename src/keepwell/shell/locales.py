"""In which language, and with whose dates and times, pages are written.

What a member of staff has chosen for the own pages comes first. Else the language is the reader's,
among those that have a catalogue of ours; the organisation's locale says how that language writes
dates, times and numbers where it is. Patients' pages know no choice of staff.
"""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keepwell.safeguards.tenancy.models import Organisation
from keepwell.shell import requests

# Those whose every text exists; each has its folder in shell/formats.
LOCALES: dict[str, str | Promise] = {
    "en-us": _("English, United States"),
    "en-gb": _("English, United Kingdom"),
    "en-au": _("English, Australia"),
    "en-ca": _("English, Canada"),
    "en-ie": _("English, Ireland"),
    "en-nz": _("English, New Zealand"),
}
_EXAMPLE = datetime(2026, 11, 24, 17, 30)  # noqa: DTZ001  only how it is written matters


def choices() -> list[tuple[str, str]]:
    """Return what an organisation may choose, each with a date and a time as it writes them."""
    return [(tag, f"{name}: {_example(tag)}") for tag, name in LOCALES.items()]


def own_choices() -> list[tuple[str, str]]:
    """Return what a member of staff may choose: every place, then every other catalogue's language.

    A catalogue that is added later is offered without a change here.
    """
    placed = {tag.partition("-")[0] for tag in LOCALES}
    others = [
        (tag, name) for tag, name in settings.LANGUAGES if tag.partition("-")[0] not in placed
    ]
    return [*choices(), *((tag, f"{name}: {_example(tag)}") for tag, name in others)]


def name_of(tag: str) -> str:
    """Return the name of what somebody has chosen; nothing for what is not offered any more."""
    return str(LOCALES.get(tag) or dict(settings.LANGUAGES).get(tag, ""))


def chosen(tag: str) -> str:
    """Return a tag that somebody has chosen if pages can be written so; else nothing."""
    return tag if name_of(tag) else ""


def _example(tag: str) -> str:
    with translation.override(tag):
        return date_format(_EXAMPLE, "DATETIME_FORMAT")


def tag_for(request: HttpRequest, organisation: Organisation | None) -> str:
    """Return the language tag of a page: the reader's language as the organisation writes it.

    A locale that is not offered, or is of another language than the page, changes nothing. On pages
    of staff, what the reader has chosen stands before both.
    """
    own = "" if requests.is_patients(request) else _own(request)
    if own:
        return own
    language = translation.get_language_from_request(request)
    tag = organisation.locale.lower() if organisation else ""
    is_same = tag.partition("-")[0] == language.partition("-")[0]
    return tag if tag in LOCALES and is_same else language


def settle(request: HttpRequest, organisation: Organisation | None) -> None:
    """Write the rest of this request's page for the organisation; Django begins each one anew."""
    translation.activate(tag_for(request, organisation))


def _own(request: HttpRequest) -> str:
    return chosen(str(getattr(getattr(request, "user", None), "language", "")))
