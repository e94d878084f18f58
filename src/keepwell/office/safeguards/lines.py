"""What the rooms without pages of their own say of their safeguards: keys, wall, trail, mail.

Nothing here is a promise: each sentence is made from what its room answers at this moment.
"""

from datetime import timedelta

from django.conf import settings
from django.db import connections
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from keepwell.office.events import OfficeEvent
from keepwell.office.mail import state as mail_state
from keepwell.safeguards.access.emergencies.queries import minutes_of, unreviewed
from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.access.manifest import Found, Safeguard, Standing
from keepwell.safeguards.access.members.queries import count_present
from keepwell.safeguards.access.networks import queries as networks
from keepwell.safeguards.access.networks.rules import holds_for
from keepwell.safeguards.access.officers.queries import duties_of
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit import elsewhere, retention
from keepwell.safeguards.audit import queries as trail
from keepwell.safeguards.audit.events import AuditEvent
from keepwell.safeguards.identity import sessions, trusts
from keepwell.safeguards.mail import post
from keepwell.safeguards.mail.servers import Tls
from keepwell.safeguards.records.catalogue import sealed_fields
from keepwell.safeguards.tenancy import walls
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault import standing
from keepwell.safeguards.vault.events import KeysEvent
from keepwell.toolkit import clock

STORES = ("default", "trail", "keys")
CHECKPOINT_AGE = timedelta(days=2)  # one is kept every day; a day may be missed
_WHOLE = {None: Standing.UNKNOWN, True: Standing.ON, False: Standing.BROKEN}


def sealing(viewer: Viewer) -> Found:
    """Say whether the root key is at hand, by which everything is sealed and opened."""
    root, versions = standing.of_root(), standing.versions_of(viewer.organisation)
    since = versions[0].made if versions else None
    if root.finding:
        return Found(Standing.BROKEN, root.sentence, since)
    said = {"fields": len(sealed_fields()), "keys": sum(one.wrapped for one in versions)}
    words = _("Sealed fields of the program: %(fields)s. Data keys of this organisation: %(keys)s.")
    return Found(Standing.ON, words % said, since)


def rotation(viewer: Viewer) -> Found:
    """Say which version of the organisation's key is used, since when, and what waits."""
    *older, newest = standing.versions_of(viewer.organisation)
    waiting = sum(one.wrapped for one in older)
    said = {"version": newest.version, "n": waiting}
    if waiting:
        words = _("Version %(version)s is used; data keys under an older one: %(n)s.")
        return Found(Standing.UNDER_WAY, words % said, newest.made)
    return Found(Standing.ON, _("Version %(version)s wraps every data key.") % said, newest.made)


def second_wall(viewer: Viewer) -> Found:
    """Say whether the database itself keeps organisations apart."""
    on_server = [alias for alias in STORES if connections[alias].vendor == "postgresql"]
    if not on_server:
        words = _("The stores are files, which know no second wall. The program’s own wall holds.")  # noqa: RUF001
        return Found(Standing.OFF, words)
    wrong = [sentence for alias in on_server for sentence in walls.findings(alias)]
    if wrong:
        return Found(Standing.BROKEN, wrong[0])
    return Found(Standing.ON, _("Row-level security holds in every database."))


def trail_whole(viewer: Viewer) -> Found:
    """Say what the last check of the trail found, and when that was."""
    state = trail.state(viewer)
    words = ngettext(
        "The signed head holds %(n)s entry.", "The signed head holds %(n)s entries.", state.size
    )
    return Found(_WHOLE[state.whole], words % {"n": state.size}, state.checked)


def trail_kept(viewer: Viewer) -> Found:
    """Say for how long what entries say is kept."""
    years = retention.years_of(viewer.organisation)
    words = ngettext(
        "What entries say is kept for %(n)s year, the entries for ever.",
        "What entries say is kept for %(n)s years, the entries for ever.",
        years,
    )
    return Found(Standing.ON, words % {"n": years})


def checkpoints(viewer: Viewer) -> Found:
    """Say whether signed heads are kept where this server cannot take them back."""
    folder = settings.KEEPWELL_CHECKPOINTS
    if folder is None:
        words = _("None is kept: trail and data put back together to an older state look whole.")
        return Found(Standing.OFF, words)
    kept = elsewhere.kept_of(viewer.organisation, folder)
    newest = max((one.signed for one in kept), default=None)
    if newest is None or clock.now() - newest > CHECKPOINT_AGE:
        return Found(Standing.BROKEN, _("There is none of today or yesterday."), newest)
    return Found(Standing.ON, _("One is kept every day; this is the newest."), newest)


def allowed_networks(viewer: Viewer) -> Found:
    """Say from where members may come in."""
    rows = networks.listed(viewer)
    held = [row for row in rows if row.suspended is None]
    if not held:
        words = _("The list is suspended: members come in from anywhere.")
        return Found(Standing.OFF, words if rows else _("Members come in from anywhere."))
    is_for_all = all(any(holds_for(row.role, role) for row in held) for role in Role)
    words = ngettext("%(n)s range is on the list.", "%(n)s ranges are on the list.", len(held)) % {
        "n": len(held)
    }
    if not is_for_all:
        words = f"{words} {_('It is for some roles only.')}"
    since = min(row.added for row in held)
    return Found(Standing.ON if is_for_all else Standing.UNDER_WAY, words, since)


def session_limits(viewer: Viewer) -> Found:
    """Say when a session ends by itself."""
    said = {
        "idle": sessions.idle_minutes_of(viewer.organisation),
        "hours": int(sessions.ABSOLUTE_LIMIT.total_seconds() // 3600),
    }
    words = _("After %(idle)s minutes without an act, and after %(hours)s hours in any case.")
    return Found(Standing.ON, words % said)


def second_step(viewer: Viewer) -> Found:
    """Say whether every present member has a second step."""
    members, without = count_present(viewer)
    if not without:
        return Found(Standing.ON, _("Members who have one: all %(n)s.") % {"n": members})
    words = ngettext(
        "%(n)s member has none yet, and opens no page before adding one.",
        "%(n)s members have none yet, and open no page before adding one.",
        without,
    )
    return Found(Standing.UNDER_WAY, words % {"n": without})


def code_always(viewer: Viewer) -> Found:
    """Say whether the second step is asked for at every sign-in, or left out on trusted devices."""
    days, since = trusts.policy_of(viewer.organisation)
    if not days:
        return Found(Standing.ON, _("No device is trusted."), since)
    words = ngettext(
        "Members may leave it out for %(days)s day on a device they trust. Trusted now: %(n)s.",
        "Members may leave it out for %(days)s days on a device they trust. Trusted now: %(n)s.",
        days,
    )
    said = {"days": days, "n": trusts.count_in(viewer.organisation)}
    return Found(Standing.OFF, words % said, since)


def officers(viewer: Viewer) -> Found:
    """Say whether a security and a privacy officer are named (45 CFR 164.308(a)(2), 164.530(a))."""
    held = duties_of(viewer)
    empty = [str(one.duty.label) for one in held if one.member is None]
    if empty:
        words = _("Nobody is named: %(places)s. Owners stand in.")
        return Found(Standing.OFF, words % {"places": ", ".join(empty)})
    named = [one.named for one in held if one.named is not None]
    since = max(named, default=None)
    if post.server() is None:
        words = _("Both are named. Letters to them wait until a mail server is set.")
        return Found(Standing.UNDER_WAY, words, since)
    return Found(Standing.ON, _("Both are named; notices reach them."), since)


def emergencies(viewer: Viewer) -> Found:
    """Say how long emergency access lasts, and to who may know how many wait for a review."""
    standing, words = _told_of_emergencies(viewer)
    if not may(viewer, AccessPermission.OFFICER_SERVE):
        return Found(standing, words)
    waiting = len(unreviewed(viewer))
    if not waiting:
        return Found(standing, f"{words} {_('None waits for a review.')}")
    more = ngettext("%(n)s waits for a review.", "%(n)s wait for a review.", waiting)
    return Found(Standing.UNDER_WAY, f"{words} {more % {'n': waiting}}")


def _told_of_emergencies(viewer: Viewer) -> tuple[Standing, str]:
    """Say whether officers hear of an emergency at once: their letters need a mail server."""
    said = {"n": minutes_of(viewer)}
    if post.server() is None:
        words = _(
            "It ends by itself after %(n)s minutes. Letters to the officers wait until a mail "
            "server is set."
        )
        return Standing.UNDER_WAY, words % said
    words = _("It ends by itself after %(n)s minutes, and the officers are told at once.")
    return Standing.ON, words % said


def mail(viewer: Viewer) -> Found:
    """Say whether the way to the mail server is encrypted."""
    server = mail_state.present().server
    if server is None:
        return Found(Standing.OFF, _("No mail server is set: messages wait on this server."))
    if server.tls is Tls.NONE:
        return Found(Standing.OFF, _("The mail server is on this machine, reached in clear."))
    return Found(Standing.ON, _("The mail server’s certificate is verified."))  # noqa: RUF001


def backups(viewer: Viewer) -> Found:
    """Say that backups are the operator's own, and what certificates of erasure reckon with."""
    days = settings.KEEPWELL_KEYSTORE_BACKUP_DAYS
    words = ngettext(
        "Not yet by Keepwell: whoever runs it makes them, and keeps copies of the keys for %(n)s "
        "day, as the settings say.",
        "Not yet by Keepwell: whoever runs it makes them, and keeps copies of the keys for %(n)s "
        "days, as the settings say.",
        days,
    )
    return Found(Standing.OFF, words % {"n": days})


SAFEGUARDS = (
    Safeguard(
        title=gettext_lazy("Sealing of patients’ data"),  # noqa: RUF001
        look=sealing,
        place=gettext_lazy("On the server: keepwell keys status"),
        route="office:holdings",
        act=gettext_lazy("What we hold"),
        order=10,
    ),
    Safeguard(
        title=gettext_lazy("Renewal of the organisation’s key"),  # noqa: RUF001
        look=rotation,
        place=gettext_lazy("On the server: keepwell keys rotate"),
        changed_by=frozenset({KeysEvent.ORGANISATION_ROTATE}),
        order=20,
    ),
    Safeguard(
        title=gettext_lazy("A second wall between organisations, in the database"),
        look=second_wall,
        place=gettext_lazy("On the server: PostgreSQL in place of files"),
        order=30,
    ),
    Safeguard(
        title=gettext_lazy("The trail is whole"),
        look=trail_whole,
        place=gettext_lazy("Checked every ten minutes, and whenever somebody asks"),
        route="office:trail",
        act=gettext_lazy("Check it"),
        order=40,
    ),
    Safeguard(
        title=gettext_lazy("The trail is kept"),
        look=trail_kept,
        place=gettext_lazy("On the server: keepwell trail keep"),
        changed_by=frozenset({AuditEvent.RETENTION_CHANGE}),
        order=50,
    ),
    Safeguard(
        title=gettext_lazy("Signed heads of the trail are kept elsewhere"),
        look=checkpoints,
        place=gettext_lazy("On the server: KEEPWELL_CHECKPOINTS"),
        order=60,
    ),
    Safeguard(
        title=gettext_lazy("Members come in from allowed networks only"),
        look=allowed_networks,
        place=gettext_lazy("On the page of networks"),
        route="office:networks",
        act=gettext_lazy("See networks"),
        changed_by=frozenset(
            {
                AccessKind.NETWORK_ADD,
                AccessKind.NETWORK_REMOVE,
                AccessKind.NETWORKS_RESUME,
                AccessKind.NETWORKS_SUSPEND,
            }
        ),
        order=65,
    ),
    Safeguard(
        title=gettext_lazy("Sessions end by themselves"),
        look=session_limits,
        place=gettext_lazy("Settings; 12 hours are fixed by the program"),
        changed_by=frozenset({OfficeEvent.IDLE_CHANGE}),
        order=70,
    ),
    Safeguard(
        title=gettext_lazy("A second step for every member"),
        look=second_step,
        place=gettext_lazy("Asked of everybody; it cannot be switched off"),
        order=80,
    ),
    Safeguard(
        title=gettext_lazy("The second step is asked for at every sign-in"),
        look=code_always,
        place=gettext_lazy("Settings, Trusted devices"),
        changed_by=frozenset({OfficeEvent.TRUST_CHANGE}),
        order=81,
    ),
    Safeguard(
        title=gettext_lazy("Officers for security and privacy"),
        look=officers,
        place=gettext_lazy("On the page of members"),
        route="office:members",
        act=gettext_lazy("See members"),
        changed_by=frozenset({AccessKind.OFFICER_NAME, AccessKind.OFFICER_RELEASE}),
        order=82,
    ),
    Safeguard(
        title=gettext_lazy("Emergency access is told and reviewed"),
        look=emergencies,
        place=gettext_lazy("On the page of emergency access"),
        route="office:emergencies",
        act=gettext_lazy("See emergencies"),
        changed_by=frozenset({AccessKind.EMERGENCY_SET}),
        order=84,
    ),
    Safeguard(
        title=gettext_lazy("An encrypted way for mail"),
        look=mail,
        place=gettext_lazy("On the server: KEEPWELL_SMTP_HOST and the settings beside it"),
        order=90,
    ),
    Safeguard(
        title=gettext_lazy("Backups"),
        look=backups,
        place=gettext_lazy("On the server: KEEPWELL_KEYSTORE_BACKUP_DAYS"),
        order=100,
    ),
)
