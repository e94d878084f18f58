"""The page of mail: how it is, a test, and every letter as its reader gets it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from keepwell.office.mail import actions, letters, state
from keepwell.office.permissions import OfficePermission
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.errors import OutOfReach
from keepwell.safeguards.access.viewers import viewer_of


@require_safe
@requires(OfficePermission.MAIL_MANAGE)
def page(request: HttpRequest) -> HttpResponse:
    """Say how mail is and list the letters."""
    context = {"mail": state.present(), "letters": letters.letters()}
    return render(request, "office/mail/page.html", context)


@require_POST
@requires(OfficePermission.MAIL_MANAGE)
def test(request: HttpRequest) -> HttpResponse:
    """Send a test letter to whoever pressed the button."""
    actions.send_test(viewer_of(request))
    if state.present().server is None:
        messages.info(request, _("The test letter waits with the others: there is no mail server."))
    else:
        messages.success(request, _("The test letter is on its way to your own address."))
    return redirect("office:mail")


@require_safe
@requires(OfficePermission.MAIL_MANAGE)
def letter(request: HttpRequest, code: str) -> HttpResponse:
    """Show a letter with an example's facts."""
    found = letters.letter_of(code)
    if found is None:
        raise OutOfReach
    context = {
        "letter": found,
        "composed": letters.compose(found, found.example),
        "sender": state.present().sender,
    }
    return render(request, "office/mail/preview.html", context)
