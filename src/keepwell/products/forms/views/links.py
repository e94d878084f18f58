"""Pages of authors: links and QR codes that open a form for patients."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from keepwell.products.forms import qr
from keepwell.products.forms.actions import links
from keepwell.products.forms.origins import OriginsForm
from keepwell.products.forms.permissions import FormsPermission
from keepwell.products.forms.queries.authoring import link_with, poster_of
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.shell import public_address
from keepwell.shell.once import once_of


@require_POST
@requires(FormsPermission.FORM_PUBLISH)
def make(request: HttpRequest, form_id: UUID) -> HttpResponse:
    """Make another link, beside those there are."""
    links.make_link(viewer_of(request), form_id=form_id, once=once_of(request))
    messages.success(request, _("A new link is ready. Links made before work as they did."))
    return redirect("forms:form", form_id)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(FormsPermission.FORM_PUBLISH)
def revoke(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """Say what ends with a link, then withdraw it."""
    viewer = viewer_of(request)
    line = link_with(viewer, link_id)
    if request.method == "POST":
        links.revoke_link(viewer, link_id=link_id)
        messages.success(request, _("The link is withdrawn. Its QR code leads to a help page."))
        return redirect("forms:form", line.link.form_id)
    context = {
        "line": line,
        "act": _("Withdraw the link"),
        "keep": _("Keep it"),
        "keep_url": reverse("forms:form", args=[line.link.form_id]),
    }
    return render(request, "forms/staff/revoke.html", context)


@require_POST
@requires(FormsPermission.FORM_PUBLISH)
def embed(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """Say which sites may show a form in a frame."""
    viewer = viewer_of(request)
    line = link_with(viewer, link_id)
    asked = OriginsForm(request.POST)
    if asked.is_valid():
        links.allow_origins(viewer, link_id=link_id, origins=asked.cleaned_data["origins"])
        messages.success(request, _("Kept. Only these sites may show the form in a frame."))
    else:
        messages.error(request, " ".join(map(str, asked.errors["origins"])))
    return redirect("forms:form", line.link.form_id)


@require_safe
@requires(FormsPermission.FORM_READ)
def picture(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """Return a link's QR code as an SVG file."""
    line = link_with(viewer_of(request), link_id)
    return HttpResponse(qr.qr_svg(line.token), content_type="image/svg+xml")


@require_safe
@requires(FormsPermission.FORM_READ)
def poster(request: HttpRequest, link_id: UUID) -> HttpResponse:
    """Show a page to print: the code large, the host beside it, how to check by telephone."""
    line = poster_of(viewer_of(request), link_id)
    context = {
        "line": line,
        "organisation": line.organisation,
        "host": public_address.public_host(),
        "address": qr.public_link(line.token),
    }
    return render(request, "forms/staff/poster.html", context)
