"""What the office itself puts on the first page: a broken trail, a profile nobody filled in."""

from collections.abc import Iterator

from django.db import Error as DatabaseError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from keepwell.office.permissions import OfficePermission
from keepwell.safeguards.access.manifest import FirstStep, HomeLine
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.audit import queries as audit
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.shell.queries import organisation
from keepwell.toolkit.errors import KeepwellError


def waiting(viewer: Viewer) -> Iterator[HomeLine]:
    """Say that the trail is broken, to whoever may look at it."""
    if may(viewer, OfficePermission.TRAIL_READ) and _is_broken(viewer):
        yield HomeLine(
            title=_("The trail is not whole"),
            words=_("A check found an entry that is not as it was signed. See where, today."),
            url=reverse("office:trail"),
            act=_("See the trail"),
            icon="error",
            tone="danger",
        )


def _is_broken(viewer: Viewer) -> bool:
    try:
        return audit.state(viewer).whole is False
    except (KeepwellError, DatabaseError):  # the rail says that it is out of reach
        return False


def first_steps(viewer: Viewer) -> Iterator[FirstStep]:
    """Begin with what is done already: somebody who reads this has signed in with two steps."""
    if not may(viewer, OfficePermission.ORGANISATION_CHANGE):
        return
    yield FirstStep(
        title=_("Your account, with a second step"),
        words=_("Done. Keep the recovery codes apart from the telephone."),
        is_done=True,
        icon="key",
    )
    profile = organisation(viewer.organisation)
    yield FirstStep(
        title=_("Say who you are"),
        words=_("Telephone, hours and what to do in an emergency stand on every page of patients."),
        is_done=bool(profile and profile.telephone and profile.emergency_sentence),
        url=reverse("office:settings"),
        act=_("Fill in"),
        icon="building",
    )
