"""What the first page says of requests for access, to whoever can decide."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from keepwell.safeguards.access.elevations.queries import may_give, to_decide
from keepwell.safeguards.access.manifest import HomeLine
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.tenancy.viewer import Viewer


def waiting(viewer: Viewer) -> Iterator[HomeLine]:
    """Count the requests that this viewer can give."""
    if not may(viewer, AccessPermission.ELEVATION_DECIDE):
        return
    count = sum(may_give(viewer, row) for row in to_decide(viewer))
    if count:
        title = ngettext("%(n)s request for access waits", "%(n)s requests for access wait", count)
        yield HomeLine(
            title=title % {"n": count},
            words=gettext_lazy("A colleague needs more than the role holds, for a while."),
            url=reverse("office:elevations"),
            act=gettext_lazy("Decide"),
            icon="key",
            order=35,
        )
