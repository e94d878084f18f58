"""What we hold: for compliance officers and auditors. Rows are counted; nothing is opened."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from keepwell.office.holdings import queries
from keepwell.office.permissions import OfficePermission
from keepwell.safeguards.access.declarations import requires
from keepwell.safeguards.access.purposes import Purpose
from keepwell.safeguards.access.viewers import viewer_of
from keepwell.toolkit import clock


@require_safe
@requires(OfficePermission.HOLDINGS_READ, purpose=Purpose.OVERSIGHT)
def page(request: HttpRequest) -> HttpResponse:
    """List stores, sealed records field by field, and what is kept unsealed."""
    viewer = viewer_of(request)
    counts = queries.counts_of(viewer)
    context = {
        "stores": list(queries.stores_of(viewer, counts)),
        "sealed": queries.sealed_of(viewer, counts),
        "plain": queries.plain_of(viewer, counts),
        "now": clock.now(),
    }
    return render(request, "office/holdings/page.html", context)
