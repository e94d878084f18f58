"""Choosing the daily summary and stopping it, and who gets it when.

A letter is marked as sent before it is sent: a worker that is killed in between leaves a day
without a letter, never one with two. A server that says no gives the mark back, and the job tries
again.
"""

from datetime import date, timedelta
from uuid import UUID

from keepwell.jobs import queue
from keepwell.jobs.declaring import Kind
from keepwell.office.models import SummaryDay, SummaryLetter
from keepwell.office.summaries.letters import SUMMARY
from keepwell.safeguards.consent.mailings import actions as mailings
from keepwell.safeguards.consent.mailings.links import Meant
from keepwell.safeguards.consent.mailings.queries import wanting
from keepwell.safeguards.consent.models import Way
from keepwell.safeguards.mail import spool
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer

KEPT = timedelta(days=7)


def choose(viewer: Viewer) -> bool:
    """Keep that the viewer wants the letter; tell whether that is new."""
    return mailings.choose(viewer, letter=SUMMARY.code, version=SUMMARY.offer) is not None


def stop(viewer: Viewer, account: UUID, way: Way) -> bool:
    """Keep that an account wants it no more, and take back what waits for a mail server.

    Tell whether there was anything to stop. A job that waits asks again before it sends.
    """
    ended = mailings.withdraw(viewer, account=account, letter=SUMMARY.code, way=way)
    if ended is None:
        return False
    with wall.reading(viewer.organisation):
        rows = SummaryLetter.objects.filter(account=account)
        spool.drop(list(rows.values_list("job", flat=True)), ())
    return True


def stop_by_link(viewer: Viewer, meant: Meant) -> None:
    """Do what a link in a letter is for. Of anything but this letter there is nothing to stop."""
    if meant.letter == SUMMARY.code:
        stop(viewer, meant.account, Way.LINK)


def plan(viewer: Viewer, day: date, write: Kind) -> None:
    """Put one letter to each who chose it, once for an organisation and a day."""
    with wall.writing(viewer.organisation):
        _, is_first = SummaryDay.objects.get_or_create(organisation_id=viewer.organisation, day=day)
        if not is_first:
            return
        for model in (SummaryDay, SummaryLetter):
            model.objects.filter(day__lt=day - KEPT).delete()
        for account in wanting(viewer, SUMMARY.code):
            queue.put(write, organisation=viewer.organisation, account=account, day=day.toordinal())


def mark(viewer: Viewer, day: date, *, job: UUID) -> bool:
    """Mark a day's letter to the viewer as sent; False when it is marked already."""
    with wall.writing(viewer.organisation):
        _, is_new = SummaryLetter.objects.get_or_create(
            organisation_id=viewer.organisation,
            account=viewer.actor,
            day=day,
            defaults={"job": job},
        )
    return bool(is_new)


def unmark(viewer: Viewer, day: date) -> None:
    """Take the mark back: the letter did not leave."""
    with wall.writing(viewer.organisation):
        SummaryLetter.objects.filter(account=viewer.actor, day=day).delete()
