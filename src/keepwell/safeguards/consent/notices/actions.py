"""Writing a notice language by language, and publishing it as a version that never changes."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from keepwell.safeguards.access.errors import OutOfReach
from keepwell.safeguards.access.queries import allow
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.consent.errors import EffectiveTooEarly, NothingWritten
from keepwell.safeguards.consent.events import ConsentEvent
from keepwell.safeguards.consent.models import Notice, NoticeText
from keepwell.safeguards.consent.notices.days import today_at
from keepwell.safeguards.consent.permissions import ConsentPermission
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit.clock import now

MODEL = "consent.notice"
_CONTENT = ("language", "title", "text", "address")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A notice in one language: either its text or an address, never both."""

    language: str
    title: str
    text: str = ""
    address: str = ""


def write(viewer: Viewer, *, wording: Wording) -> NoticeText | None:
    """Keep a language of the version being written; None when it says the same already.

    The first change begins a version with everything that the newest one says.
    """
    allow(viewer, ConsentPermission.NOTICE_PUBLISH)
    with wall.writing(viewer.organisation):
        _lock(viewer)
        notice = _written() or _begun(viewer)
        rows = NoticeText.objects.filter(notice=notice)
        row = rows.filter(language=wording.language).first()
        if row is None:
            last = rows.order_by("-position").first()
            row = NoticeText(
                organisation_id=viewer.organisation,
                notice=notice,
                position=last.position + 1 if last else 0,
            )
        elif all(getattr(row, name) == getattr(wording, name) for name in _CONTENT):
            return None
        for name in _CONTENT:
            setattr(row, name, getattr(wording, name))
        row.save()
        _record(viewer, ConsentEvent.NOTICE_WRITE, notice, {"language": wording.language})
    return row


def take_out(viewer: Viewer, *, language: str) -> None:
    """Take a language out of the version being written; raise OutOfReach if it is not there."""
    allow(viewer, ConsentPermission.NOTICE_PUBLISH)
    with wall.writing(viewer.organisation):
        _lock(viewer)
        notice = _written() or _begun(viewer)
        row = NoticeText.objects.filter(notice=notice, language=language).first()
        if row is None:
            raise OutOfReach
        row.delete()
        _record(viewer, ConsentEvent.NOTICE_WRITE, notice, {"language": language, "is": "out"})


def discard(viewer: Viewer) -> bool:
    """Discard what is being written; tell whether there was anything."""
    allow(viewer, ConsentPermission.NOTICE_PUBLISH)
    with wall.writing(viewer.organisation):
        _lock(viewer)
        notice = _written()
        if notice is None:
            return False
        _record(viewer, ConsentEvent.NOTICE_DISCARD, notice, {})
        for row in NoticeText.objects.filter(notice=notice):
            row.delete()
        notice.delete()
    return True


def publish(viewer: Viewer, *, effective: date) -> Notice:
    """Publish what is being written, to apply from a day on; raise NothingWritten, or
    EffectiveTooEarly.
    """
    allow(viewer, ConsentPermission.NOTICE_PUBLISH)
    with wall.writing(viewer.organisation):
        organisation = _lock(viewer)
        notice, newest = _written(), _newest()
        if notice is None or _said(notice) in ([], _said(newest) if newest else []):
            raise NothingWritten
        if effective < today_at(organisation):
            raise EffectiveTooEarly
        notice.number = (newest.number or 0) + 1 if newest else 1
        notice.effective, notice.published = effective, now()
        notice.published_by = viewer.actor
        notice.save()
        detail = {"version": str(notice.number), "effective": effective.isoformat()}
        _record(viewer, ConsentEvent.NOTICE_PUBLISH, notice, detail)
    return notice


def _lock(viewer: Viewer) -> Organisation:
    """One at a time: two who publish at once would make two versions of one number."""
    rows = Organisation.objects.select_for_update(no_key=True)
    return rows.get(pk=viewer.organisation)


def _written() -> Notice | None:
    found: Notice | None = Notice.objects.filter(number__isnull=True).first()
    return found


def _newest() -> Notice | None:
    rows = Notice.objects.filter(number__isnull=False)
    found: Notice | None = rows.order_by("-number").first()
    return found


def _begun(viewer: Viewer) -> Notice:
    """Begin a version with what the newest one says."""
    newest = _newest()
    notice: Notice = Notice.objects.create(organisation_id=viewer.organisation)
    for row in NoticeText.objects.filter(notice=newest).order_by("position") if newest else ():
        NoticeText.objects.create(
            organisation_id=viewer.organisation,
            notice=notice,
            position=row.position,
            **{name: getattr(row, name) for name in _CONTENT},
        )
    return notice


def _said(notice: Notice) -> list[Any]:
    rows = NoticeText.objects.filter(notice=notice).order_by("position")
    return list(rows.values_list(*_CONTENT))


def _record(viewer: Viewer, kind: ConsentEvent, notice: Notice, detail: dict[str, str]) -> None:
    record(viewer, kind, subjects=(Subject(MODEL, (notice.pk,)),), detail=detail)
