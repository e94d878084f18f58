"""Which keys act on one's own pages, and the switch that turns them off."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from keepwell.office import places
from keepwell.office.sign_in.forms import KeysForm
from keepwell.office.sign_in.views.account import account_of
from keepwell.safeguards.access.declarations import signed_in
from keepwell.safeguards.identity import accounts


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """List the keys, of pages only those that this viewer may open; take the switch."""
    account = account_of(request)
    form = KeysForm(places.posted(request), initial={"keys": "on" if account.has_keys else "off"})
    if form.is_valid():
        on = form.cleaned_data["keys"] == "on"
        accounts.set_keys(account, on=on)
        messages.success(request, _("Single keys act now.") if on else _("Single keys are off."))
        return redirect("sign_in:keyboard")
    status = 422 if form.is_bound else 200
    return render(request, "office/sign_in/keyboard.html", {"form": form}, status=status)
