"""What the first page says of a part of the trail that is shared with this viewer."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from keepwell.office.trail.queries import shared_with
from keepwell.safeguards.access.manifest import HomeLine
from keepwell.safeguards.tenancy.viewer import Viewer


def waiting(viewer: Viewer) -> Iterator[HomeLine]:
    """Name what is shared with this viewer now."""
    for row in shared_with(viewer):
        yield HomeLine(
            title=_("A colleague shared a part of the trail with you"),
            words=_(
                "It says who did what, and no patient's values. You can read it for some days."
            ),
            url=reverse("office:shared_trail", args=[row.pk]),
            act=_("Read it"),
            icon="trail",
            order=39,
        )
