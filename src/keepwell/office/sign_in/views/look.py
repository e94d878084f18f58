"""How pages look to oneself, and what the keyboard does: for this account, on every device."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from keepwell.office import places
from keepwell.office.sign_in.forms import LookForm
from keepwell.office.sign_in.views.account import account_of
from keepwell.safeguards.access.declarations import signed_in
from keepwell.safeguards.identity import accounts
from keepwell.safeguards.identity.models import Density, Theme


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Choose colours and room."""
    account = account_of(request)
    initial = {"theme": account.theme, "density": account.density}
    form = LookForm(places.posted(request), initial=initial)
    if form.is_valid():
        given = form.cleaned_data
        accounts.set_look(account, theme=Theme(given["theme"]), density=Density(given["density"]))
        messages.success(request, _("Pages look so from now on, wherever you sign in."))
        return redirect("sign_in:look")
    status = 422 if form.is_bound else 200
    return render(request, "office/sign_in/look.html", {"form": form}, status=status)
