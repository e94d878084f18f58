"""The daily summary by the clock: each organisation at seven by its own, each member once a day."""

from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from keepwell.jobs.declaring import job
from keepwell.jobs.errors import JobError
from keepwell.jobs.work import Work
from keepwell.office.mail.writing import language_of, write
from keepwell.office.summaries import actions
from keepwell.office.summaries.letters import SUMMARY
from keepwell.safeguards.access import registry, viewers
from keepwell.safeguards.access.manifest import SummaryLine
from keepwell.safeguards.consent.mailings.links import Meant, token_of
from keepwell.safeguards.consent.mailings.queries import wants
from keepwell.safeguards.identity import accounts
from keepwell.safeguards.mail import post
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.organisations import organisation_ids
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.shell.queries import organisation
from keepwell.toolkit import clock

FIRST_HOUR, LAST_HOUR = 7, 12
"""From when on the letter is written, and until when one that was held up still is."""


def day_of(profile: Organisation, moment: datetime) -> date | None:
    """Return the organisation's day if its clock says that it is time for the letter."""
    local = moment.astimezone(ZoneInfo(profile.time_zone))
    return local.date() if FIRST_HOUR <= local.hour < LAST_HOUR else None


@job("office:summary:write", title=_("Mail a daily summary"), tries=12)
def write_summary(work: Work, account: UUID, day: int) -> None:
    """Write to a member what waits, by the rights and the choice of this moment.

    Nothing to whoever has left, wants it no more or has nothing that waits; nothing after noon.
    """
    meant = date.fromordinal(day)
    viewer = viewers.absent(account, work.organisation, job=work.id) if work.organisation else None
    if viewer is None or not wants(viewer, account, SUMMARY.code):
        return
    profile, lines = organisation(viewer.organisation), registry.summary_lines(viewer)
    if profile is None or not lines or day_of(profile, clock.now()) != meant:
        return
    if not actions.mark(viewer, meant, job=work.id):
        return
    try:
        _send(work, viewer, profile, lines)
    except JobError:
        actions.unmark(viewer, meant)
        raise


def _send(
    work: Work, viewer: Viewer, profile: Organisation, lines: tuple[SummaryLine, ...]
) -> None:
    account = accounts.open_account_of(viewer.actor) if viewer.actor else None
    if account is None:
        return
    with translation.override(language_of(account, viewer.organisation)):
        waiting = "\n\n".join(
            f"{one.words}\n\n{settings.KEEPWELL_STAFF_URL}{reverse(one.route)}" for one in lines
        )
    token = token_of(Meant(viewer.organisation, account.pk, SUMMARY.code))
    write(
        work,
        SUMMARY,
        account,
        organisation=profile.name,
        waiting=waiting,
        stop=settings.KEEPWELL_PUBLIC_URL + reverse("letters:unsubscribe", args=[token]),
    )


@job("office:summary:plan", title=_("Ask for the daily summaries"), every="*/15 * * * *")
def plan_summaries(work: Work) -> None:
    """Put the letters of each organisation where it is time; while there is no server, none."""
    if post.server() is None:
        return
    every = organisation_ids()
    for one in every[work.done :]:
        with work.step(of=len(every)):
            _plan(one)


def _plan(where: UUID) -> None:
    profile = organisation(where)
    day = day_of(profile, clock.now()) if profile else None
    if day is not None:
        viewer = Viewer(kind=ViewerKind.SYSTEM, organisation=where)
        actions.plan(viewer, day, write_summary)
