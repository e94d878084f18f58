"""The trail in sentences: who did what, why and from where. Names and kinds, never values.

Sentences speak of people in the third person, of the reader too ("Ada Moreno (you) opened …"), so
that every language can say "<who> <did>" with one form of the verb.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.apps import apps
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.purposes import Purpose, label_of
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.audit.events import AuditEvent
from keepwell.safeguards.audit.payloads import Payload
from keepwell.safeguards.audit.queries import Content, TrailEntry
from keepwell.safeguards.identity.events import AGAIN
from keepwell.safeguards.identity.queries import names_of
from keepwell.safeguards.records.catalogue import categories_in
from keepwell.safeguards.records.events import RecordsEvent
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.shell.addresses import url_of

SUCCESS = "success"
ACCOUNT, NOBODY = "identity.user", UUID(int=0)
SEPARATOR = "\N{NO-BREAK SPACE}· "  # the dot ends a line, it does not begin one


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry as a sentence: "<who> <did>", why below it; and what tells its neighbours apart.

    `hand` is who acted, exactly; `same` is equal for entries that say the same of the same rows;
    `deed` is `did` without counts that differ from one time to the next.
    """

    index: int
    moment: datetime
    icon: str
    tone: str
    who: str
    did: str
    why: str
    url: str = ""
    deed: str = ""
    hand: tuple[object, ...] = ()
    request: UUID | None = None
    same: tuple[object, ...] = ()
    is_own: bool = False  # of a patient's own form, not sent yet


def lines_of(viewer: Viewer, entries: Sequence[TrailEntry], *, entry_route: str = "") -> list[Line]:
    """Tell entries in the order they come; `entry_route` leads to the page of one, by its index.

    Give the route only to viewers who may follow it.
    """
    payloads = [entry.payload for entry in entries if entry.payload]
    people = {one for said in payloads for one in (said.actor, said.on_behalf_of) if one}
    people |= {account for entry in entries if (account := _account_in(viewer, entry))}
    names = names_of(people)
    return [_line(viewer, entry, names, _url(entry_route, entry.index)) for entry in entries]


def _url(route: str, index: int) -> str:
    try:
        return url_of(route, index) if route else ""
    except NoReverseMatch:  # an installation without the pages of the office
        return ""


def _line(viewer: Viewer, entry: TrailEntry, names: Mapping[UUID, str], url: str) -> Line:
    if entry.payload is None:
        return _unreadable(entry, url)
    words, payload = registry.event_words(entry.kind), entry.payload
    who, why = who_of(viewer, payload, names), why_of(payload)
    name = names.get(_account_in(viewer, entry) or NOBODY)
    did = str(words.did_to) % {"name": name} if words and name else did_of(entry.kind, payload)
    deed = deed_of(entry.kind, did)
    return Line(
        index=entry.index,
        moment=entry.moment,
        icon=words.icon if words else "info",
        tone=_tone_of(payload, words.tone if words else ""),
        who=who,
        did=did,
        why=why,
        url=url,
        deed=deed,
        hand=(payload.viewer_kind, payload.actor, who),
        request=payload.request,
        same=(entry.kind, deed, why, payload.subjects, payload.detail.get("about", "")),
        is_own=_is_own(payload),
    )


def _account_in(viewer: Viewer, entry: TrailEntry) -> UUID | None:
    """Return the account that an entry is about, where its words name it and the reader may see."""
    words = registry.event_words(entry.kind)
    if entry.payload is None or words is None or not words.did_to:
        return None
    if not may(viewer, AccessPermission.MEMBER_LIST):
        return None
    subjects = (one for one in entry.payload.subjects if one.model == ACCOUNT)
    return next((id_ for one in subjects for id_ in one.ids), None)


def _unreadable(entry: TrailEntry, url: str) -> Line:
    """Tell an entry whose content is gone or changed: its kind and time stand in the open."""
    is_broken = entry.content in (Content.BROKEN, Content.LOST)
    words = registry.event_words(entry.kind)
    return Line(
        index=entry.index,
        moment=entry.moment,
        icon="error" if is_broken else "lock",
        tone="danger" if is_broken else "",
        who=_("Somebody"),
        did=str(words.did) if words else entry.kind,
        why=unreadable_words(entry.content),
        url=url,
    )


def unreadable_words(content: Content) -> str:
    """Say why an entry's content is not there."""
    if content is Content.BROKEN:
        return _("What this entry said was changed and cannot be read.")
    if content is Content.LOST:
        return _(
            "What this entry said cannot be read: it or its key is not here, and no erasure of its "
            "month is on the trail. Ask whoever runs Keepwell."
        )
    return _("What this entry said was erased by law; the entry itself stays proven.")


def _tone_of(payload: Payload, tone: str) -> str:
    if payload.is_emergency:
        return "warning"
    return tone if tone or payload.outcome == SUCCESS else "warning"


def who_of(viewer: Viewer, payload: Payload, names: Mapping[UUID, str]) -> str:
    """Name who acted, as far as the trail may: members by name, patients never."""
    match payload.viewer_kind:
        case ViewerKind.MEMBER:
            return _member(viewer, payload.actor, names)
        case ViewerKind.JOB:
            return _job(viewer, payload.on_behalf_of, names)
        case ViewerKind.RESPONDENT:
            return _("A patient")
        case ViewerKind.VISITOR:
            return _stranger(payload)
        case ViewerKind.CONSOLE:
            return _("%(account)s on the server") % {"account": payload.account}
    return "Keepwell"


def _stranger(payload: Payload) -> str:
    """Say who gave a wrong password or code: nobody is accused, but where it was is told."""
    if payload.detail.get("at") == AGAIN:
        return _("Somebody at a session that was open")
    return _("Somebody who is not signed in")


def _job(viewer: Viewer, account: UUID | None, names: Mapping[UUID, str]) -> str:
    if account not in names:
        return _("Keepwell, for a former member")
    return _("Keepwell, for %(person)s") % {"person": _member(viewer, account, names)}


def _member(viewer: Viewer, account: UUID | None, names: Mapping[UUID, str]) -> str:
    name = names.get(account) if account else None
    if name is None:
        return _("A former member")
    return _("%(name)s (you)") % {"name": name} if account == viewer.actor else name


def did_of(kind: str, payload: Payload) -> str:
    """Say what was done; an opening names its fields and counts its rows."""
    if kind == RecordsEvent.FIELDS_OPEN and payload.subjects:
        opened = map(what_of, by_model(payload.subjects))
        return _("opened %(what)s") % {"what": "; ".join(opened)}
    if kind == AuditEvent.TRAIL_OPEN and payload.detail.get("count", "").isdigit():
        count = int(payload.detail["count"])
        words = ngettext(
            "read %(count)s entry of the trail", "read %(count)s entries of the trail", count
        )
        return words % {"count": count}
    told = registry.event_words(kind)
    return str(told.did) if told else kind


def deed_of(kind: str, did: str) -> str:
    """Say what was done, without how many entries were read."""
    told = registry.event_words(kind) if kind == AuditEvent.TRAIL_OPEN else None
    return str(told.did) if told else did


def _is_own(payload: Payload) -> bool:
    """Say whether a patient did this with the form in hand, which is not sent yet."""
    is_patient = payload.viewer_kind == ViewerKind.RESPONDENT and payload.actor is not None
    return is_patient and any(payload.actor in subject.ids for subject in payload.subjects)


def by_model(subjects: Iterable[Subject]) -> list[Subject]:
    """Put together what an entry names of one model in several parts, for its sentence."""
    found: dict[str, Subject] = {}
    for one in subjects:
        before = found.get(one.model, Subject(one.model, ()))
        ids = tuple(dict.fromkeys((*before.ids, *one.ids)))
        found[one.model] = Subject(one.model, ids, (*before.fields, *one.fields))
    return list(found.values())


def what_of(subject: Subject) -> str:
    """Say what of how many rows was opened: "answers of 1 submission"."""
    return pgettext("opened fields, then counted rows", "%(fields)s of %(rows)s") % {
        "fields": ", ".join(categories_of(subject)),
        "rows": rows_of(subject),
    }


def categories_of(subject: Subject) -> tuple[str, ...]:
    """Name the categories of what was opened or changed, each once, as the catalogue calls them."""
    known = categories_in(subject.model)
    named = (_(known[name]) if name in known else name for name in subject.fields)
    return tuple(dict.fromkeys(named))


def rows_of(subject: Subject) -> str:
    """Count the rows of a subject in words."""
    count = len(subject.ids)
    words = registry.record_words(subject.model)
    if words is not None:
        return str(words.counted % {"count": count})
    return pgettext("a number and what is counted", "%(count)s %(thing)s") % {
        "count": count,
        "thing": _thing(subject.model),
    }


def _thing(model: str) -> str:
    try:
        return str(apps.get_model(model)._meta.verbose_name)
    except (LookupError, ValueError):  # of an app that is no longer installed
        return model


def why_of(payload: Payload) -> str:
    """Say why and from where: purpose, reason, device, address; and that it failed, if it did."""
    reason = _("“%(reason)s”") % {"reason": payload.reason} if payload.reason else ""
    what = (outcome_of(payload), emergency_of(payload), purpose_of(payload))
    parts = (*what, reason, payload.device, payload.address)
    return SEPARATOR.join(filter(None, parts))


def outcome_of(payload: Payload) -> str:
    """Say that an act did not succeed; nothing if it did."""
    return "" if payload.outcome == SUCCESS else _("Refused or failed")


def emergency_of(payload: Payload) -> str:
    """Say that the glass was broken, unless the purpose says it already."""
    is_said = payload.purpose == Purpose.EMERGENCY
    return _("In an emergency") if payload.is_emergency and not is_said else ""


def purpose_of(payload: Payload) -> str:
    """Name the purpose, if the entry has one."""
    return label_of(payload.purpose) if payload.purpose else ""
