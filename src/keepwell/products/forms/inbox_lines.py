"""What the inbox says of one submission: the columns its form's author chose."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from urllib.parse import quote
from uuid import UUID

from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from keepwell.products.forms.compiled import Item, PersonMarks
from keepwell.products.forms.models import Form, Submission
from keepwell.products.forms.publishing import words_of
from keepwell.products.forms.versions import compiled_version, marks_of
from keepwell.shell import moments
from keepwell.toolkit import clock


@dataclass(frozen=True, slots=True, repr=False)
class InboxLine:
    """One row of the inbox; `title` is the name when its author made it a column."""

    row: Submission
    title: str
    details: tuple[tuple[str, str], ...]
    is_open: bool


def labels_of(forms: Sequence[Form], zone: tzinfo) -> list[tuple[UUID, str]]:
    """Pair forms' ids with words that tell them apart: the title; of equal ones, since when too."""
    titles = Counter(form.title for form in forms)
    dated = [form.title if titles[form.title] == 1 else _dated(form, zone) for form in forms]
    words = Counter(dated)
    return [
        (form.pk, label if words[label] == 1 else f"{label} ({form.pk.hex[-4:]})")
        for form, label in zip(forms, dated, strict=True)
    ]


def _dated(form: Form, zone: tzinfo) -> str:
    when = moments.said(
        form.created, now=clock.now(), zone=zone, style=moments.Style.WITHIN, is_working=True
    )
    return _("%(title)s, uploaded %(when)s") % {"title": form.title, "when": when}


@sensitive_variables()
def line_of(row: Submission, *, is_open: bool) -> InboxLine:
    """Return what to show of a row whose brief was opened in the present scope, or a mask."""
    if not is_open:
        return InboxLine(row, "", (), is_open=False)
    columns = dict(row.brief.open()["columns"])
    marks = marks_of(row.version)
    name = " ".join(filter(None, (columns.pop(link_id, "") for link_id in marks.name)))
    form = compiled_version(row.version)
    details = [
        (_label(form.item(link_id), marks), text) for link_id, text in columns.items() if text
    ]
    return InboxLine(row, name, tuple(details), is_open=True)


def _label(item: Item, marks: PersonMarks) -> str:
    """Return a short name of a column: a mark's own word, else the question."""
    words = {
        marks.born: _("born"),
        marks.email: _("e-mail"),
        marks.telephone: _("telephone"),
    }
    return words.get(item.link_id) or words_of(item).rstrip(" :?*.") + ":"


def disposition(name: str) -> str:
    """Return a header that makes any file a download under its name, however hostile (RFC 6266)."""
    plain = "".join(sign if _is_plain(sign) else "_" for sign in name[:100]) or "file"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name[:200], safe='')}"


def _is_plain(sign: str) -> bool:
    return sign.isascii() and (sign.isalnum() or sign in "-._ ")
