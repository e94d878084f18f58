"""What every template may use without asking: frame, organisation, whether this is a demo."""

from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import Error as DatabaseError
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from keepwell.safeguards.access import viewers
from keepwell.safeguards.access.emergencies import queries as emergencies
from keepwell.safeguards.identity import sessions
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.shell import menu, queries, requests, trail_state
from keepwell.shell.sessions import Session
from keepwell.toolkit.clock import now

if TYPE_CHECKING:
    from keepwell.safeguards.access.models import EmergencyAccess


def _url(route: str) -> str:
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


class Frame:
    """The staff frame of one request; every part is worked out when a template first asks."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def organisation(self) -> Organisation | None:
        """Whose page this is, if anybody's."""
        return requests.organisation_of(self._request)

    @cached_property
    def menu(self) -> list[menu.Group]:
        """The lines of the rail; none for a stranger."""
        viewer = requests.viewer_of(self._request)
        return [] if viewer is None else menu.menu_for(viewer, self._request)

    @cached_property
    def trail(self) -> trail_state.Words | None:
        """What the rail's foot says of the trail; nothing to a stranger."""
        viewer = requests.viewer_of(self._request)
        if viewer is None:
            return None
        zone = self.organisation.time_zone if self.organisation else "UTC"
        return trail_state.words_for(viewer, ZoneInfo(zone))

    @cached_property
    def emergency(self) -> "EmergencyAccess | None":
        """The emergency access that is on in this session, for the banner of every page."""
        try:  # an address that leads nowhere has no viewer, an error page perhaps no database
            viewer = requests.viewer_of(self._request) or viewers.member(self._request)
            return None if viewer is None else emergencies.mine(viewer)
        except DatabaseError:
            return None

    @cached_property
    def emergency_organisation(self) -> Organisation | None:
        """In whose zone the banner says until when: an error page may know of no organisation."""
        found = self.emergency
        return None if found is None else queries.organisation(found.organisation_id)

    @property
    def emergency_minutes(self) -> int:
        """How many minutes of it are left, begun ones too."""
        if self.emergency is None:
            return 0
        left = (self.emergency.until - now()) // timedelta(minutes=1) + 1
        return max(1, left)

    @cached_property
    def emergency_end_url(self) -> str:
        """Where the banner's button sends."""
        return _url(settings.KEEPWELL_END_EMERGENCY_ROUTE)

    @cached_property
    def user_name(self) -> str:
        """The name of who is signed in, or nothing."""
        user = getattr(self._request, "user", None)
        if user is None or not user.is_authenticated:
            return ""
        return str(getattr(user, "name", "") or getattr(user, "email", ""))

    @property
    def theme(self) -> str:
        """The colours that who is signed in has chosen; nothing: as the device is set."""
        return self._chosen("theme")

    @property
    def density(self) -> str:
        """How much room who is signed in wants; nothing: the usual."""
        return self._chosen("density")

    def _chosen(self, name: str) -> str:
        return str(getattr(getattr(self._request, "user", None), name, ""))

    @property
    def initials(self) -> str:
        """First letters of the first and the last name."""
        words = self.user_name.split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def idle_minutes(self) -> int:
        """After how many minutes without an act the session ends."""
        record = viewers.sign_in_of(self._request).record
        return record.idle_minutes if record else sessions.IDLE_MINUTES

    @property
    def session(self) -> Session | None:
        """The session for the script that warns of its end."""
        return Session.of(self._request)

    @cached_property
    def session_url(self) -> str:
        """Where that script asks."""
        return _url("shell_staff:session")

    @cached_property
    def stay_url(self) -> str:
        """Where the button "Stay signed in" sends."""
        return _url("shell_staff:stay")

    @cached_property
    def sign_in_url(self) -> str:
        """Where an ended session leads."""
        return _url(settings.LOGIN_URL) or "/"

    @cached_property
    def home_url(self) -> str:
        """Where the brand and the error pages lead."""
        return _url(settings.KEEPWELL_HOME_ROUTE) or "/"

    @cached_property
    def sign_out_url(self) -> str:
        """Where the button "Sign out" sends."""
        return _url(settings.KEEPWELL_SIGN_OUT_ROUTE)

    @cached_property
    def switch_url(self) -> str:
        """Where the button "Switch user" sends."""
        return _url(settings.KEEPWELL_SWITCH_ROUTE)

    @property
    def left_page(self) -> str:
        """Which page that button leaves, without what was searched for."""
        return self._request.path if self._request.method in {"GET", "HEAD"} else ""

    @cached_property
    def account_url(self) -> str:
        """Where the name at the rail's foot leads: password, second step, sessions."""
        return _url(settings.KEEPWELL_ACCOUNT_ROUTE)

    @cached_property
    def keys_url(self) -> str:
        """Where the key "?" leads; nothing for a stranger, and for whoever switched keys off."""
        user = getattr(self._request, "user", None)
        return _url(settings.KEEPWELL_KEYS_ROUTE) if getattr(user, "has_keys", False) else ""

    @property
    def is_account(self) -> bool:
        """Say whether this page is the account's, or one below it."""
        url = self.account_url
        return bool(url) and self._request.path_info.startswith(url)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give templates `frame`, `organisation` and `is_demo`; a view's own `organisation` wins."""
    this = Frame(request)
    return {
        "frame": this,
        "organisation": SimpleLazyObject(lambda: this.organisation),
        "is_demo": settings.KEEPWELL_DEMO,
    }
