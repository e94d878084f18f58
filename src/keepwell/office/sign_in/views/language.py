"""In which language, and with whose dates, one's own pages and letters are written."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from keepwell.office import places
from keepwell.office.sign_in.forms import LanguageForm
from keepwell.office.sign_in.views.account import account_of
from keepwell.safeguards.access.declarations import signed_in
from keepwell.safeguards.identity import accounts
from keepwell.shell import locales, requests


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Choose a place or a language; the organisation's own is the usual."""
    account, organisation = account_of(request), requests.organisation_of(request)
    form = LanguageForm(
        places.posted(request),
        initial={"language": locales.chosen(account.language)},
        usual=locales.name_of(organisation.locale if organisation else ""),
    )
    if form.is_valid():
        accounts.set_language(account, form.cleaned_data["language"])
        locales.settle(request, organisation)
        messages.success(request, _("Pages and letters are written so from now on."))
        return redirect("sign_in:language")
    status = 422 if form.is_bound else 200
    return render(request, "office/sign_in/language.html", {"form": form}, status=status)
