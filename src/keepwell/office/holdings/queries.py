"""What an organisation holds, asked of the models themselves: a product added later is listed too.

Rows are counted, nothing is opened. The kinds of what is held are the same for every organisation.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.db import connections, models, router
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from keepwell.office.permissions import OfficePermission
from keepwell.safeguards.access import registry
from keepwell.safeguards.access.queries import allow
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit import elsewhere, retention
from keepwell.safeguards.audit import queries as trail
from keepwell.safeguards.erasure import rows
from keepwell.safeguards.mail import spool
from keepwell.safeguards.records.catalogue import sealed_fields, sealed_models
from keepwell.safeguards.records.fields import keyword_fields_of
from keepwell.safeguards.records.index import BlindToken
from keepwell.safeguards.records.keywords import KeywordPosting
from keepwell.safeguards.records.models import SealedRecord
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault import blobs, standing

MOST_COUNTED = 10_000  # files: of more, a page says only that


@dataclass(frozen=True, slots=True)
class Sealed:
    """One sealed field: its label, what category it is, the slot it is sealed for."""

    label: str
    category: str
    slot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One kind of sealed record: what it is called, where it lies, how many, how long."""

    model: str
    title: str
    table: str
    count: int
    fields: tuple[Sealed, ...]
    opened_by: tuple[str, ...]  # roles, in words
    searched: tuple[str, ...]  # fields that a blind index finds, together where they must be
    open_columns: Mapping[str, str]  # text that is not sealed, and why
    file_slot: str
    days: int | None  # kept for so many days after the moment `after`; None: until erased
    after: str


@dataclass(frozen=True, slots=True)
class Plain:
    """Rows of one kind without sealed fields."""

    model: str
    title: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """One of the places where something is kept, and what this organisation has in it."""

    name: str
    engine: str
    words: str


def counts_of(viewer: Viewer) -> dict[str, int]:
    """Count the rows of each kind that this organisation has, once for the whole page.

    Words in an index are no kind of their own: the field they find says that it is found.
    """
    allow(viewer, OfficePermission.HOLDINGS_READ)
    return rows.counts(viewer.organisation, without=KeywordPosting)


def sealed_of(viewer: Viewer, counts: Mapping[str, int]) -> list[Holding]:
    """Return every kind of sealed record with how many this organisation has."""
    allow(viewer, OfficePermission.HOLDINGS_READ)
    return [_holding(model, counts) for model in sealed_models()]


def plain_of(viewer: Viewer, counts: Mapping[str, int]) -> list[Plain]:
    """Return the other rows behind this organisation's wall: none of them holds ePHI."""
    allow(viewer, OfficePermission.HOLDINGS_READ)
    sealed = {model._meta.label_lower for model in sealed_models()}
    return [
        Plain(label, str(apps.get_model(label)._meta.verbose_name_plural), count)
        for label, count in sorted(counts.items())
        if label not in sealed
    ]


def stores_of(viewer: Viewer, counts: Mapping[str, int]) -> Iterator[Store]:
    """Yield the stores, then the folders. Raises TrailUnavailable and KeystoreUnavailable."""
    allow(viewer, OfficePermission.HOLDINGS_READ)
    organisation = viewer.organisation
    counted = sum(counts.values())
    yield Store(
        name=_("Data"),
        engine=_engine("default"),
        words=_("%(n)s rows, each behind this organisation’s wall") % {"n": counted},  # noqa: RUF001
    )
    yield Store(
        name=_("Trail"),
        engine=_engine("trail"),
        words=_("%(n)s entries; what they say is kept for %(years)s years, the entries for ever")
        % {"n": trail.state(viewer).size, "years": retention.years_of(organisation)},
    )
    yield Store(name=_("Keys"), engine=_engine("keys"), words=_keys(organisation))
    yield Store(name=_("Files"), engine=_("Folder of sealed files"), words=_files(organisation))
    yield Store(name=_("Mail that waits"), engine=_("Folder, not sealed"), words=_letters())
    yield Store(
        name=_("Signed heads of the trail"),
        engine=_("Folder elsewhere, not sealed"),
        words=_heads(organisation, settings.KEEPWELL_CHECKPOINTS),
    )


def _files(organisation: UUID) -> str:
    count = blobs.count(organisation, most=MOST_COUNTED)
    if count > MOST_COUNTED:
        words = _("More than %(n)s files, each kept as long as its row and erased with its key")
        return words % {"n": MOST_COUNTED}
    words = ngettext(
        "%(n)s file, kept as long as its row and erased with its key",
        "%(n)s files, each kept as long as its row and erased with its key",
        count,
    )
    return words % {"n": count}


def _letters() -> str:
    said = {"n": spool.count_waiting(), "refused": spool.count_refused()}
    words = _(
        "Letters of all organisations here that wait for a mail server: %(n)s; that it refused: "
        "%(refused)s. They hold no patients’ data. Each is deleted once it is sent; one "  # noqa: RUF001
        "with a link at the latest when the link ends."
    )
    return words % said


def _heads(organisation: UUID, folder: Path | None) -> str:
    if folder is None:
        return _("No folder is set: none is kept.")
    try:
        count = elsewhere.count(organisation, folder)
    except OSError:
        return _("The folder cannot be read just now.")
    words = _(
        "Kept: %(n)s, one for each day. They hold sizes and hashes only; Keepwell deletes none."
    )
    return words % {"n": count}


def _keys(organisation: UUID) -> str:
    known = standing.versions_of(organisation)
    newest = max((one.version for one in known), default=0)
    said = {"n": sum(one.wrapped for one in known), "version": newest}
    words = _("%(n)s data keys, spare ones among them, wrapped by version %(version)s")
    return words % said


def _engine(alias: str) -> str:
    is_server = connections[alias].vendor == "postgresql"
    return _("PostgreSQL, with row-level security") if is_server else _("SQLite file")


def _holding(model: type[SealedRecord], counts: Mapping[str, int]) -> Holding:
    label, kept = model._meta.label_lower, model.retention or model.expires
    return Holding(
        model=label,
        title=str(model._meta.verbose_name_plural),
        table=f"{router.db_for_read(model)}.{model._meta.db_table}",
        count=counts.get(label, 0),
        fields=tuple(
            Sealed(fact.label, _(fact.category), fact.slot)
            for fact in sealed_fields()
            if fact.model == label
        ),
        opened_by=tuple(str(role.label) for role in Role if _opens(role, model)),
        searched=tuple(_searched(model)),
        open_columns=model.plain,
        file_slot=model.file_slot,
        days=kept.days if kept else None,
        after=_column(model, kept.after) if kept else "",
    )


def _opens(role: Role, model: type[SealedRecord]) -> bool:
    return model.opened_by is not None and role in registry.roles_holding(model.opened_by)


def _searched(model: type[SealedRecord]) -> Iterator[str]:
    for field in model._meta.concrete_fields:
        if isinstance(field, BlindToken):
            yield _(" with ").join(_column(model, name) for name in field.of)
    for field in keyword_fields_of(model):
        yield _("words of %(field)s") % {"field": _column(model, field.name)}


def _column(model: type[models.Model], name: str) -> str:
    return str(getattr(model._meta.get_field(name), "verbose_name", name))
