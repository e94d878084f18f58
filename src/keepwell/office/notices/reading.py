"""The page on which anybody reads the notice: without an account, in the language that fits."""

from collections.abc import Sequence
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language_from_request
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_safe

from keepwell.safeguards.access.declarations import open_to_all
from keepwell.safeguards.consent.languages import language_of
from keepwell.safeguards.consent.notices.layout import blocks
from keepwell.safeguards.consent.notices.queries import read_by_anybody
from keepwell.shell import locales, queries

_REASON = "anybody may read the clinic's Notice of Privacy Practices (45 CFR 164.520(c))"


@require_safe
@open_to_all(_REASON)
def notice(request: HttpRequest, organisation_id: UUID, language: str = "") -> HttpResponse:
    """Show the version that applies, in the language asked for or the browser's."""
    wanted = [language] if language else _preferred(request)
    return _page(request, organisation_id, wanted, None)


@require_safe
@open_to_all(_REASON)
def version(
    request: HttpRequest, organisation_id: UUID, number: int, language: str
) -> HttpResponse:
    """Show one version: an earlier one stays readable, because somebody may have agreed to it."""
    return _page(request, organisation_id, [language], number)


def _page(
    request: HttpRequest, organisation_id: UUID, wanted: Sequence[str], number: int | None
) -> HttpResponse:
    organisation = queries.organisation(organisation_id)
    read = read_by_anybody(organisation, wanted, number=number) if organisation else None
    if organisation is None or read is None:
        raise Http404
    request.organisation = organisation  # type: ignore[attr-defined]  # the frame reads it
    locales.settle(request, organisation)
    context = {
        "organisation": organisation,
        "read": read,
        "written_in": language_of(read.text.language),
        "languages": [language_of(one.language) for one in read.texts if one != read.text],
        "blocks": blocks(read.text.text),
        "is_one_version": number is not None,
    }
    return render(request, "office/notices/read.html", context)


def _preferred(request: HttpRequest) -> list[str]:
    """Return the browser's languages, best first: a notice is there in more than our pages are."""
    header = request.headers.get("Accept-Language", "")
    said = [tag for tag, _quality in parse_accept_lang_header(header) if tag != "*"]
    return [*said, get_language_from_request(request)]
