"""What the office itself puts on the first page: a second step asked for, a broken trail, mail."""

from collections.abc import Iterator

from django.db import Error as DatabaseError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from keepwell.office.alerts import lines as alerts
from keepwell.office.elevations import lines as elevations
from keepwell.office.emergencies import lines as emergencies
from keepwell.office.mail import state
from keepwell.office.officers import lines as officers
from keepwell.office.permissions import OfficePermission
from keepwell.office.persons import sharing
from keepwell.office.second_steps import lines as second_steps
from keepwell.office.trail import lines as trail
from keepwell.office.two_persons import lines as two_persons
from keepwell.safeguards.access.manifest import FirstStep, HomeLine
from keepwell.safeguards.access.members.queries import count_waiting
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.audit import queries as audit
from keepwell.safeguards.identity import replacements
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.shell.queries import organisation
from keepwell.toolkit.errors import KeepwellError


def waiting(viewer: Viewer) -> Iterator[HomeLine]:
    """Say that the trail is broken, to whoever may look at it."""
    if viewer.actor and replacements.standing_of(viewer.actor) is not None:
        yield HomeLine(
            title=_("A new second step for your account was started"),
            words=_("If you did not lose your phone, stop it: somebody may ask in your name."),
            url=reverse("sign_in:account"),
            act=_("See your account"),
            icon="key",
            tone="danger",
            order=0,
        )
    if may(viewer, OfficePermission.TRAIL_READ) and _is_broken(viewer):
        yield HomeLine(
            title=_("The trail is not whole"),
            words=_("A check found an entry that is not as it was signed. See where, today."),
            url=reverse("office:trail"),
            act=_("See the trail"),
            icon="error",
            tone="danger",
            order=0,
        )
    if may(viewer, AccessPermission.MEMBER_APPROVE):
        yield from _about_members(count_waiting(viewer))
    yield from second_steps.waiting(viewer)
    yield from alerts.waiting(viewer)
    yield from emergencies.to_review(viewer)
    yield from elevations.waiting(viewer)
    yield from two_persons.waiting(viewer)
    yield from sharing.waiting(viewer)
    yield from trail.waiting(viewer)
    yield from officers.vacated(viewer)
    if may(viewer, OfficePermission.MAIL_MANAGE):
        yield from _about_mail(state.present())


def _about_members(waiting: int) -> Iterator[HomeLine]:
    if waiting:
        title = ngettext(
            "%(n)s colleague waits to be let in", "%(n)s colleagues wait to be let in", waiting
        ) % {"n": waiting}
        yield HomeLine(
            title=title,
            words=_("They accepted an invitation and reach nothing before you let them in."),
            url=reverse("office:members"),
            act=_("See members"),
            icon="people",
            order=40,
        )


def _about_mail(mail: state.MailState) -> Iterator[HomeLine]:
    """Say that messages wait for a server, or that some could not be sent."""
    url, act = reverse("office:mail"), _("See mail")
    if mail.failed:
        title = ngettext(
            "%(n)s message could not be sent", "%(n)s messages could not be sent", mail.failed
        ) % {"n": mail.failed}
        words = _("The page of mail says why. What failed can be tried again on the page of jobs.")
        yield HomeLine(title=title, words=words, url=url, act=act, icon="error", tone="danger")
    elif mail.server is None and mail.waiting:
        title = ngettext(
            "%(n)s message waits to be sent", "%(n)s messages wait to be sent", mail.waiting
        ) % {"n": mail.waiting}
        words = _("No mail server is set up yet. Nothing is lost: they wait on the server.")
        yield HomeLine(title=title, words=words, url=url, act=act, icon="send", order=90)


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
    yield from officers.first_steps(viewer)
