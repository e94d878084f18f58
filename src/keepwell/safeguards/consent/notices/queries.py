"""Reading notices: as anybody may (they are public), and as those who write them do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from keepwell.safeguards.access.queries import allow
from keepwell.safeguards.consent.languages import fitting
from keepwell.safeguards.consent.models import Notice, NoticeText
from keepwell.safeguards.consent.notices.days import today_at
from keepwell.safeguards.consent.permissions import ConsentPermission
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Read:
    """A published notice in the language that fits, with the languages it is also there in."""

    notice: Notice
    text: NoticeText
    texts: tuple[NoticeText, ...]
    others: tuple[Notice, ...]  # every other published version, newest first
    in_force: int | None  # the number of the version that applies today

    @property
    def is_in_force(self) -> bool:
        """Whether this version applies today."""
        return self.notice.number == self.in_force

    @property
    def is_to_come(self) -> bool:
        """Whether this version applies from a later day on."""
        return not self.is_in_force and (self.in_force or 0) < (self.notice.number or 0)

    @property
    def coming(self) -> Notice | None:
        """The newest version, where it applies from a later day on."""
        newest = self.others[0] if self.others else None
        is_later = newest is not None and (newest.number or 0) > (self.in_force or 0)
        return newest if is_later else None


@dataclass(frozen=True, slots=True)
class Standing:
    """What those who write notices see: what is being written, and every version."""

    written: Notice | None
    texts: tuple[NoticeText, ...]  # of what is being written
    versions: tuple[tuple[Notice, tuple[NoticeText, ...]], ...]  # newest first
    in_force: int | None

    @property
    def newest(self) -> Notice | None:
        """The version published last."""
        return self.versions[0][0] if self.versions else None


def read_by_anybody(
    organisation: Organisation, languages: Sequence[str] = (), *, number: int | None = None
) -> Read | None:
    """Return the notice that applies today, or the version of this number; None if there is none.

    Where none applies yet, the first that will: a patient reads it before it does.
    """
    with wall.reading(organisation.pk):
        rows = list(Notice.objects.filter(number__isnull=False).order_by("-number"))
        in_force = _in_force(rows, today_at(organisation))
        chosen = _chosen(rows, in_force, number)
        if chosen is None:
            return None
        texts = _texts_of(chosen)
    tag = fitting(languages, [one.language for one in texts])
    text = next(one for one in texts if one.language == tag)
    others = tuple(one for one in rows if one.pk != chosen.pk)
    return Read(chosen, text, texts, others, in_force)


def has_notice(viewer: Viewer) -> bool:
    """Tell whether any version is published."""
    with wall.reading(viewer.organisation):
        return bool(Notice.objects.filter(number__isnull=False).exists())


def _in_force(rows: Sequence[Notice], today: date) -> int | None:
    """Return the number of the version that applies; `rows` are the published, newest first."""
    numbers = (one.number for one in rows if one.effective and one.effective <= today)
    return next(numbers, None)


def _chosen(rows: Sequence[Notice], in_force: int | None, number: int | None) -> Notice | None:
    wanted = number if number is not None else in_force
    if wanted is None:
        return rows[-1] if rows else None
    return next((one for one in rows if one.number == wanted), None)


def standing(viewer: Viewer) -> Standing:
    """Return every version and what is being written."""
    allow(viewer, ConsentPermission.NOTICE_PUBLISH)
    with wall.reading(viewer.organisation):
        organisation = Organisation.objects.get(pk=viewer.organisation)
        rows = list(Notice.objects.filter(number__isnull=False).order_by("-number"))
        written = Notice.objects.filter(number__isnull=True).first()
        versions = tuple((one, _texts_of(one)) for one in rows)
        texts = _texts_of(written) if written else ()
    return Standing(written, texts, versions, _in_force(rows, today_at(organisation)))


def text_to_write(viewer: Viewer, language: str) -> NoticeText | None:
    """Return a language of what is being written, or of the newest version it would begin with."""
    found = standing(viewer)
    texts = found.texts if found.written else found.versions[0][1] if found.versions else ()
    return next((one for one in texts if one.language == language), None)


def _texts_of(notice: Any) -> tuple[NoticeText, ...]:
    return tuple(NoticeText.objects.filter(notice=notice).order_by("position", "id"))
