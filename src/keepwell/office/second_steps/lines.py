"""What the first page says of new second steps under way, to whoever may stop them."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keepwell.safeguards.access.manifest import HomeLine
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.access.replacements.queries import under_way
from keepwell.safeguards.tenancy.viewer import Viewer


def waiting(viewer: Viewer) -> Iterator[HomeLine]:
    """Name each colleague who gets one: the wait is there so that somebody can stop it.

    One's own has its line already, with the way to one's account.
    """
    needed = (AccessPermission.SECOND_STEP_REPLACE, AccessPermission.MEMBER_LIST)
    if not all(may(viewer, one) for one in needed):
        return
    for _one, row in under_way(viewer):
        if row.user_id != viewer.actor:
            yield HomeLine(
                title=_("A new second step is under way for %(name)s") % {"name": row.user.name},
                words=gettext_lazy("If nobody here knows of it, stop it."),
                url=reverse("office:members"),
                act=gettext_lazy("See members"),
                icon="key",
                tone="warning",
                order=2,
            )
