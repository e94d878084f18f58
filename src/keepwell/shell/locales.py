"""In which language, and with whose dates and times, an organisation's pages are written.

The language is the reader's own, among those that have a catalogue of ours; the organisation's
locale says how that language writes dates, times and numbers where it is.
"""

from datetime import datetime

from django.http import HttpRequest
from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keepwell.safeguards.tenancy.models import Organisation

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


def _example(tag: str) -> str:
    with translation.override(tag):
        return date_format(_EXAMPLE, "DATETIME_FORMAT")


def tag_for(request: HttpRequest, organisation: Organisation | None) -> str:
    """Return the language tag of a page: the reader's language as the organisation writes it.

    A locale that is not offered, or is of another language than the page, changes nothing.
    """
    language = translation.get_language_from_request(request)
    tag = organisation.locale.lower() if organisation else ""
    is_same = tag.partition("-")[0] == language.partition("-")[0]
    return tag if tag in LOCALES and is_same else language


def settle(request: HttpRequest, organisation: Organisation | None) -> None:
    """Write the rest of this request's page for the organisation; Django begins each one anew."""
    translation.activate(tag_for(request, organisation))
