"""What the first page says of proposals: what a colleague proposed waits for this viewer."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from keepwell.safeguards.access.manifest import HomeLine
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.proposals.queries import to_confirm
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.tenancy.viewer import Viewer


def waiting(viewer: Viewer) -> Iterator[HomeLine]:
    """Count what this viewer can confirm."""
    if not may(viewer, AccessPermission.PROPOSAL_SEE):
        return
    count = len(to_confirm(viewer))
    if count:
        title = ngettext(
            "%(n)s proposal waits for a second person",
            "%(n)s proposals wait for a second person",
            count,
        )
        yield HomeLine(
            title=title % {"n": count},
            words=gettext_lazy("A colleague proposed what nobody does alone."),
            url=reverse("office:proposals"),
            act=gettext_lazy("Look at it"),
            icon="people",
            order=36,
        )
