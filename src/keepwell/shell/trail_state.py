"""What the foot of the rail says of the trail: whole, not checked, broken, out of reach."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import Error as DatabaseError
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from keepwell.safeguards.access import queries as access
from keepwell.safeguards.audit import queries
from keepwell.safeguards.audit.queries import TrailState
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.shell import moments
from keepwell.toolkit import clock
from keepwell.toolkit.errors import KeepwellError


@dataclass(frozen=True, slots=True)
class Words:
    """The line at the rail's foot: tone and icon say the same as the words."""

    words: str
    icon: str
    tone: str
    url: str


def words_for(viewer: Viewer, zone: ZoneInfo) -> Words:
    """Return the state of this organisation's trail in words; never raises, every page needs it."""
    try:
        state = queries.state(viewer, waits=False)  # every page asks: none is held up
    except (KeepwellError, DatabaseError):
        return Words(_("Trail out of reach"), "error", "danger", _url(viewer))
    return say(state, zone, _url(viewer))


def say(state: TrailState, zone: ZoneInfo, url: str = "") -> Words:
    """Put a state into words: a claim is made only for what was checked."""
    if state.whole is None or state.checked is None:
        return Words(_("Trail not checked yet"), "wait", "info", url)
    when = moments.said(
        state.checked, now=clock.now(), zone=zone, style=moments.Style.SINCE, is_working=True
    )
    if state.whole:
        return Words(_("Trail whole, checked %(when)s") % {"when": when}, "proof", "", url)
    return Words(_("Trail broken, found %(when)s") % {"when": when}, "error", "danger", url)


def _url(viewer: Viewer) -> str:
    """Return the way to the trail for whoever has it in the menu; nobody is led to a refusal."""
    if settings.KEEPWELL_TRAIL_ROUTE not in {item.route for item in access.menu_for(viewer)}:
        return ""
    try:
        return reverse(settings.KEEPWELL_TRAIL_ROUTE)
    except NoReverseMatch:
        return ""
