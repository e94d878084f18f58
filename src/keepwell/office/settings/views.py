"""Settings: the organisation's profile with its preview, the logo, when people are signed out."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from keepwell.office import places
from keepwell.office.permissions import OfficePermission
from keepwell.office.settings import actions
from keepwell.office.settings.forms import IdleForm, LogoForm, ProfileForm, TrustForm
from keepwell.office.settings.logos import LogoRefused
from keepwell.office.sign_in import ways
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.safeguards.consent.notices.queries import read_by_anybody
from keepwell.safeguards.consent.permissions import ConsentPermission
from keepwell.safeguards.identity import sessions, trusts
from keepwell.shell import requests

AGAIN, AGAIN_FOR_TRUST = "signing-out", "trusted-devices"


@require_http_methods(["GET", "HEAD", "POST"])
@requires(OfficePermission.ORGANISATION_CHANGE)
def page(request: HttpRequest) -> HttpResponse:
    """Show the profile and how patients see it; keep what is changed."""
    form = ProfileForm(places.posted(request), initial=_present(request))
    if not form.is_valid():
        return _page(request, form, LogoForm(), status=422 if form.is_bound else 200)
    if "preview" in request.POST:
        return _page(request, form, LogoForm(), preview=form.cleaned_data)
    changed = actions.change_profile(viewer_of(request), values=form.cleaned_data)
    messages.success(request, _said(bool(changed)))
    return redirect("office:settings")


def _said(is_changed: bool) -> str:  # noqa: FBT001  one word decides the sentence
    if not is_changed:
        return _("Nothing was different. Nothing was changed.")
    return _("Saved. Patients see it from now on.")


@require_http_methods(["GET", "HEAD", "POST"])
@requires(OfficePermission.ORGANISATION_CHANGE)
def idle(request: HttpRequest) -> HttpResponse:
    """Say after how long without an act people are signed out, after both steps again."""
    if not ways.is_proven(request):
        return ways.ask_again(request, AGAIN, reverse("office:idle"))
    viewer = viewer_of(request)
    present = sessions.idle_minutes_of(viewer.organisation)
    form = IdleForm(places.posted(request), initial={"minutes": present})
    if form.is_valid():
        actions.change_idle_minutes(viewer, **form.cleaned_data)
        messages.success(request, _("Saved. It holds from now on, for open sessions too."))
        return redirect("office:settings")
    status = 422 if form.is_bound else 200
    return render(request, "office/settings/idle.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(OfficePermission.DEVICE_TRUST_SET)
def trust(request: HttpRequest) -> HttpResponse:
    """Say whether members may trust a device, and for how long, after both steps again."""
    if not ways.is_proven(request):
        return ways.ask_again(request, AGAIN_FOR_TRUST, reverse("office:trust"))
    viewer = viewer_of(request)
    days, _since = trusts.policy_of(viewer.organisation)
    initial = {"is_allowed": bool(days), "days": days or trusts.USUAL_DAYS}
    form = TrustForm(places.posted(request), initial=initial)
    if form.is_valid():
        actions.change_trust_days(viewer, days=form.given, reason=form.cleaned_data["reason"])
        messages.success(request, _("Saved. It holds from now on."))
        return redirect("office:settings")
    status = 422 if form.is_bound else 200
    context = {"form": form, "standing": trusts.count_in(viewer.organisation)}
    return render(request, "office/settings/trust.html", context, status=status)


@require_POST
@requires(OfficePermission.ORGANISATION_CHANGE)
def logo(request: HttpRequest) -> HttpResponse:
    """Put a picture in place of the logo."""
    form = LogoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            picture = form.cleaned_data["picture"].read()
            actions.change_logo(viewer_of(request), picture=picture)
        except LogoRefused as refused:
            form.add_error("picture", _(refused.sentence))
        else:
            messages.success(request, _("The logo is changed. Patients see it from now on."))
            return redirect("office:settings")
    return _page(request, ProfileForm(initial=_present(request)), form, status=422)


@require_POST
@requires(OfficePermission.ORGANISATION_CHANGE)
def remove_logo(request: HttpRequest) -> HttpResponse:
    """Take the logo away."""
    actions.remove_logo(viewer_of(request))
    messages.success(request, _("The logo is removed."))
    return redirect("office:settings")


def _present(request: HttpRequest) -> dict[str, Any]:
    organisation = requests.organisation_of(request)
    return {name: getattr(organisation, name) for name in actions.FIELDS}


def _page(
    request: HttpRequest,
    form: ProfileForm,
    logo_form: LogoForm,
    *,
    preview: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    organisation = requests.organisation_of(request)
    context = {
        "form": form,
        "logo_form": logo_form,
        "preview": preview or _present(request),
        "is_preview": preview is not None,
        "notice": read_by_anybody(organisation) if organisation else None,
        "may_write_notice": may(viewer_of(request), ConsentPermission.NOTICE_PUBLISH),
        "idle_minutes": sessions.idle_minutes_of(viewer_of(request).organisation),
        "trust_days": trusts.policy_of(viewer_of(request).organisation)[0],
        "may_set_trust": may(viewer_of(request), OfficePermission.DEVICE_TRUST_SET),
        "may_write_rules": may(viewer_of(request), ConsentPermission.RULES_PUBLISH),
    }
    return render(request, "office/settings/page.html", context, status=status)
