"""The trail in sentences: who did what, why and from where. Names and kinds, never values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.purposes import label_of
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.audit.payloads import Payload
from keepwell.safeguards.audit.queries import Content, TrailEntry
from keepwell.safeguards.identity.queries import names_of
from keepwell.safeguards.records.catalogue import sealed_fields
from keepwell.safeguards.records.events import RecordsEvent
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry as a sentence: "<who> <did>", why below it."""

    index: int
    moment: datetime
    icon: str
    tone: str
    who: str
    did: str
    why: str
    url: str = ""


def lines_of(viewer: Viewer, entries: Sequence[TrailEntry]) -> list[Line]:
    """Tell entries, newest first as they come; the viewer's own acts are "You"."""
    actors = {entry.payload.actor for entry in entries if entry.payload and entry.payload.actor}
    names = names_of(actors)
    return [_line(viewer, entry, names) for entry in entries]


def _line(viewer: Viewer, entry: TrailEntry, names: dict[UUID, str]) -> Line:
    words = registry.event_words(entry.kind)
    payload = entry.payload
    if payload is None:
        return Line(
            index=entry.index,
            moment=entry.moment,
            icon="error" if entry.content is Content.BROKEN else "lock",
            tone="danger" if entry.content is Content.BROKEN else "",
            who=_("Somebody"),
            did=str(words.did) if words else entry.kind,
            why=_broken() if entry.content is Content.BROKEN else _erased(),
        )
    return Line(
        index=entry.index,
        moment=entry.moment,
        icon=words.icon if words else "info",
        tone=words.tone if words else "",
        who=who_of(viewer, payload, names),
        did=did_of(entry.kind, payload),
        why=why_of(payload),
    )


def _broken() -> str:
    return _("What it said was changed and cannot be read.")


def _erased() -> str:
    return _("What it said was erased by law; the entry itself stays proven.")


def who_of(viewer: Viewer, payload: Payload, names: dict[UUID, str]) -> str:
    """Name who acted, as far as the trail may: members by name, patients never."""
    if payload.actor is not None and payload.actor == viewer.actor:
        return _("You")
    match payload.viewer_kind:
        case ViewerKind.MEMBER:
            return names.get(payload.actor, _("A former member")) if payload.actor else ""
        case ViewerKind.RESPONDENT:
            return _("A patient")
        case ViewerKind.CONSOLE:
            return _("%(account)s on the server") % {"account": payload.account}
    return "Keepwell"


def did_of(kind: str, payload: Payload) -> str:
    """Say what was done; an opening names its fields and counts its rows."""
    if kind == RecordsEvent.FIELDS_OPEN:
        return _("opened %(what)s") % {"what": "; ".join(map(what_of, payload.subjects))}
    words = registry.event_words(kind)
    return str(words.did) if words else kind


def what_of(subject: Subject) -> str:
    """Say what of how many rows was opened: "answers of 1 submission"."""
    categories = {(fact.model, fact.field): fact.category for fact in sealed_fields()}
    fields = [str(categories.get((subject.model, name), name)) for name in subject.fields]
    return _("%(fields)s of %(rows)s") % {
        "fields": ", ".join(dict.fromkeys(fields)),
        "rows": rows_of(subject),
    }


def rows_of(subject: Subject) -> str:
    """Count the rows of a subject in words."""
    count = len(subject.ids)
    try:
        options = apps.get_model(subject.model)._meta
        one, many = str(options.verbose_name), str(options.verbose_name_plural)
    except (LookupError, ValueError):
        one = many = ngettext("record", "records", count)
    return f"{count} {one if count == 1 else many}"


def why_of(payload: Payload) -> str:
    """Say why and from where: purpose, reason, device, address; and that it failed, if it did."""
    outcome = "" if payload.outcome == "success" else _("Refused or failed")
    purpose = label_of(payload.purpose) if payload.purpose else ""
    parts: Iterable[str] = (outcome, purpose, payload.reason, payload.device, payload.address)
    return " · ".join(filter(None, parts))
