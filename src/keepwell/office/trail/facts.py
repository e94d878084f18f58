"""One entry taken apart for its page: what, by which rows, about whom, and what else it says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.queries import may
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.audit.payloads import Payload
from keepwell.safeguards.identity.queries import names_of
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.shell import trail_lines

MOST_IDS = 40  # shown of one subject; the rest is counted
PERSON, USER = "persons.person", "identity.user"

DETAILS: Mapping[str, Promise] = {
    "about": _("Asked about"),
    "act": _("What it is"),
    "actor": _("Asked about the acts of"),
    "because": _("Because"),
    "before": _("Before"),
    "by": _("From"),
    "broken": _("Keys that do not open"),
    "check": _("How one made sure"),
    "count": _("Entries shown"),
    "duty": _("Officer for"),
    "emergency": _("Emergency access"),
    "finding": _("Finding"),
    "device": _("Browser"),
    "factor": _("Second step"),
    "first": _("From entry"),
    "for": _("For the role"),
    "form": _("Kind of file"),
    "job": _("Kind of job"),
    "key": _("Key"),
    "keys": _("Keys"),
    "kinds": _("Asked about the kinds"),
    "found": _("Size and root it was put back to"),
    "kept": _("Size and root of the checkpoint kept elsewhere"),
    "last": _("To entry"),
    "method": _("Method"),
    "minutes": _("For so many minutes"),
    "needed": _("Permission needed"),
    "network": _("Network"),
    "number": _("Number"),
    "origins": _("Websites that may show it in a frame"),
    "period": _("Year and month erased"),
    "permissions": _("Permissions"),
    "retired": _("Versions deleted"),
    "role": _("Role given"),
    "root": _("Root key, by its last line"),
    "route": _("Page asked for"),
    "since": _("From this moment"),
    "until": _("Before this moment"),
    "version": _("Version"),
    "waiting": _("Keys under older versions"),
    "years": _("Years"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row that an entry names, with its page when this viewer may go there."""

    id: UUID
    url: str
    name: str = ""  # of an account


@dataclass(frozen=True, slots=True)
class What:
    """Rows of one model, and which of their fields."""

    counted: str
    categories: tuple[str, ...]
    rows: tuple[Row, ...]
    more: int
    persons: tuple[Row, ...]


def what_of(viewer: Viewer, payload: Payload) -> list[What]:
    """Return what an entry is about, subject by subject."""
    users = [id_ for subject in payload.subjects if subject.model == USER for id_ in subject.ids]
    names = names_of(users)
    return [_what(viewer, subject, names) for subject in payload.subjects]


def _what(viewer: Viewer, subject: Subject, names: Mapping[UUID, str]) -> What:
    shown = subject.ids[:MOST_IDS]
    persons = () if subject.model == PERSON else subject.persons[:MOST_IDS]
    return What(
        counted=trail_lines.rows_of(subject),
        categories=trail_lines.categories_of(subject),
        rows=tuple(
            Row(id_, _url_of(viewer, subject.model, id_), names.get(id_, "")) for id_ in shown
        ),
        more=len(subject.ids) - len(shown),
        persons=tuple(Row(id_, _url_of(viewer, PERSON, id_)) for id_ in persons),
    )


def _url_of(viewer: Viewer, model: str, row: UUID) -> str:
    """Return where a row is shown, if this viewer may follow; it may be erased meanwhile."""
    words = registry.record_words(model)
    if words is None or not words.route or words.permission is None:
        return ""
    if not may(viewer, words.permission):
        return ""
    try:
        return reverse(words.route, args=[row])
    except NoReverseMatch:  # a product that is switched off has no routes
        return ""


def role_of(payload: Payload) -> str:
    """Name the role in which somebody acted."""
    known = {role.value: role for role in Role}
    return str(known[payload.role].label) if payload.role in known else payload.role


def details_of(payload: Payload) -> Iterator[tuple[str, str]]:
    """Yield the codes and ids that an entry adds, with words for those we know."""
    for name, value in payload.detail.items():
        yield str(DETAILS.get(name, name)), value
