"""Sharing a report with its letter, and its line on the colleague's first page."""

from collections.abc import Iterator
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from keepwell.jobs import queue
from keepwell.office.members.letters import MemberLetter
from keepwell.office.tasks import write_to_member
from keepwell.safeguards.access.manifest import HomeLine
from keepwell.safeguards.persons.shares import actions as shares
from keepwell.safeguards.persons.shares.queries import shared_with
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer


def share(
    viewer: Viewer, *, person: UUID, report: UUID, colleague: UUID, days: int, reason: str
) -> bool:
    """Share a report and tell the colleague; both happen, or neither. Return whether it is new."""
    with wall.writing(viewer.organisation):
        row, is_new = shares.share(
            viewer, person=person, report=report, colleague=colleague, days=days, reason=reason
        )
        if is_new:
            queue.put(
                write_to_member,
                organisation=viewer.organisation,
                key=(row.pk, colleague, MemberLetter.REPORT_SHARED),
                account=colleague,
                letter=MemberLetter.REPORT_SHARED,
            )
    return is_new


def waiting(viewer: Viewer) -> Iterator[HomeLine]:
    """Name what is shared with this viewer now."""
    for row in shared_with(viewer):
        yield HomeLine(
            title=_("A colleague shared a report with you"),
            words=_("It says who opened the data of one person. You can read it for some days."),
            url=reverse("office:shared_report", args=[row.pk]),
            act=_("Read it"),
            icon="print",
            order=38,
        )
