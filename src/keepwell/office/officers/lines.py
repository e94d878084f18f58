"""What the first page says of the officers, to whoever can name them."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keepwell.safeguards.access.manifest import FirstStep, HomeLine
from keepwell.safeguards.access.officers.queries import duties_of
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.tenancy.viewer import Viewer


def vacated(viewer: Viewer) -> Iterator[HomeLine]:
    """Say which place has become empty, because somebody left or has another role."""
    if not may(viewer, AccessPermission.OFFICER_NAME):
        return
    for held in duties_of(viewer):
        if held.is_vacated:
            yield HomeLine(
                title=_("Empty place: %(duty)s") % {"duty": held.duty.label},
                words=gettext_lazy("Whoever was has left or changed role. Owners stand in."),
                url=reverse("office:name_officer", args=[held.duty.value]),
                act=gettext_lazy("Name somebody"),
                icon="people",
                tone="warning",
                order=30,
            )


def first_steps(viewer: Viewer) -> Iterator[FirstStep]:
    """Ask for both officers, as long as one was never named."""
    if not may(viewer, AccessPermission.OFFICER_NAME):
        return
    missing = [one for one in duties_of(viewer) if one.member is None and not one.is_vacated]
    yield FirstStep(
        title=gettext_lazy("Name a security and a privacy officer"),
        words=gettext_lazy("The law asks for both; one person may be both. Owners stand in."),
        is_done=not missing,
        url=reverse("office:name_officer", args=[missing[0].duty.value]) if missing else "",
        act=gettext_lazy("Name them"),
        icon="people",
    )
