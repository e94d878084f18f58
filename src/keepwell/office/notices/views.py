"""Pages of those who write the notice: what stands, one language, publish, discard."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keepwell.office import places
from keepwell.office.notices.forms import PublishForm, WordingForm
from keepwell.office.notices.lines import lines_of, public_address, text_line
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.errors import OutOfReach
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.consent.errors import EffectiveTooEarly, NothingWritten
from keepwell.safeguards.consent.languages import language_of
from keepwell.safeguards.consent.notices import actions, queries
from keepwell.safeguards.consent.notices.days import today_at
from keepwell.safeguards.consent.notices.layout import blocks
from keepwell.safeguards.consent.permissions import ConsentPermission
from keepwell.shell import requests

PAGE = "office:notice"
UNUSABLE = 422


@require_safe
@requires(ConsentPermission.NOTICE_PUBLISH)
def page(request: HttpRequest) -> HttpResponse:
    """Show what patients read now, what is being written, and every version."""
    return _page(request, PublishForm(initial={"effective": _today(request)}))


@require_http_methods(["GET", "HEAD", "POST"])
@requires(ConsentPermission.NOTICE_PUBLISH)
def add(request: HttpRequest) -> HttpResponse:
    """Add a language to the version being written."""
    form = WordingForm(places.posted(request))
    if form.is_valid():
        present = queries.text_to_write(viewer_of(request), form.wording.language)
        if present is None:
            return _kept(request, form)
        form.add_error("language", _("This language is there already. Change it instead."))
    return _writing(request, form, "")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(ConsentPermission.NOTICE_PUBLISH)
def write(request: HttpRequest, language: str) -> HttpResponse:
    """Change the notice in one language."""
    present = queries.text_to_write(viewer_of(request), language)
    if present is None:
        raise OutOfReach
    initial = {name: getattr(present, name) for name in ("title", "text", "address")}
    form = WordingForm(places.posted(request), initial=initial, language=language)
    return _kept(request, form) if form.is_valid() else _writing(request, form, language)


@require_safe
@requires(ConsentPermission.NOTICE_PUBLISH)
def preview(request: HttpRequest, language: str) -> HttpResponse:
    """Show one language of what is being written as patients will read it."""
    present = queries.text_to_write(viewer_of(request), language)
    if present is None:
        raise OutOfReach
    context = {"line": text_line(present), "blocks": blocks(present.text)}
    return render(request, "office/notices/preview.html", context)


@require_POST
@requires(ConsentPermission.NOTICE_PUBLISH)
def take_out(request: HttpRequest, language: str) -> HttpResponse:
    """Take a language out of what is being written."""
    actions.take_out(viewer_of(request), language=language)
    said = _("%(language)s is taken out. Published versions keep it.")
    messages.success(request, said % {"language": language_of(language).name})
    return redirect(PAGE)


@require_POST
@requires(ConsentPermission.NOTICE_PUBLISH)
def publish(request: HttpRequest) -> HttpResponse:
    """Publish what is being written, to apply from a day on."""
    form = PublishForm(request.POST)
    if form.is_valid():
        try:
            made = actions.publish(viewer_of(request), **form.cleaned_data)
        except EffectiveTooEarly as refused:
            form.add_error("effective", _(refused.sentence))
        except NothingWritten as refused:
            messages.info(request, _(refused.sentence))
            return redirect(PAGE)
        else:
            said = _("Version %(number)s is published. It never changes from now on.")
            messages.success(request, said % {"number": made.number})
            return redirect(PAGE)
    return _page(request, form, status=UNUSABLE)


@require_POST
@requires(ConsentPermission.NOTICE_PUBLISH)
def discard(request: HttpRequest) -> HttpResponse:
    """Discard what is being written."""
    if actions.discard(viewer_of(request)):
        messages.success(request, _("Discarded. Patients read what they read before."))
    return redirect(PAGE)


def _page(request: HttpRequest, form: PublishForm, *, status: int = 200) -> HttpResponse:
    standing = queries.standing(viewer_of(request))
    context: dict[str, Any] = {
        "form": form,
        "standing": standing,
        "written": [text_line(one) for one in standing.texts],
        "versions": lines_of(standing, _today(request)),
        "stays": public_address(viewer_of(request).organisation),
    }
    return render(request, "office/notices/page.html", context, status=status)


def _writing(request: HttpRequest, form: WordingForm, language: str) -> HttpResponse:
    context = {"form": form, "written_in": language_of(language) if language else None}
    status = UNUSABLE if form.is_bound else 200
    return render(request, "office/notices/write.html", context, status=status)


def _kept(request: HttpRequest, form: WordingForm) -> HttpResponse:
    row = actions.write(viewer_of(request), wording=form.wording)
    if row is None:
        messages.info(request, _("Nothing was different. Nothing was changed."))
    else:
        messages.success(request, _("Saved. Patients read it once you publish it."))
    return redirect(PAGE)


def _today(request: HttpRequest) -> Any:
    organisation = requests.organisation_of(request)
    return today_at(organisation) if organisation else None
