"""What the first page tells an officer: emergency access is on, or waits for a review."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keepwell.safeguards.access.emergencies.queries import unreviewed
from keepwell.safeguards.access.manifest import HomeLine
from keepwell.safeguards.access.officers.queries import roster_of
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.tenancy.viewer import Viewer


def to_review(viewer: Viewer) -> Iterator[HomeLine]:
    """Name each until an officer, who is not the person, has written down what they found."""
    if not may(viewer, AccessPermission.OFFICER_SERVE):
        return
    rows = unreviewed(viewer)
    if not rows:
        return
    officers = roster_of(viewer)
    for row in rows:
        judges = officers.but(row.membership.user_id)
        if viewer.actor not in {one.user_id for one in judges}:
            continue
        said = {"name": row.membership.user.name}
        on = row.is_on
        if on:
            title = _("%(name)s has emergency access now") % said
        else:
            title = _("%(name)s had emergency access") % said
        yield HomeLine(
            title=title,
            words=gettext_lazy("See why, and what was opened. It waits for your review."),
            url=reverse("office:emergency", args=[row.pk]),
            act=gettext_lazy("Look now") if on else gettext_lazy("Review it"),
            icon="lock-open",
            tone="danger" if on else "warning",
            order=5,
        )
