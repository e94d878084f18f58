"""Kinds of entries that one asks for together: opened, refused, and what each app does."""

from collections.abc import Collection

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.audit.events import AuditEvent
from keepwell.safeguards.audit.search import Openings
from keepwell.safeguards.identity.events import IdentityKind
from keepwell.safeguards.records.catalogue import sealed_models
from keepwell.safeguards.records.events import RecordsEvent

OPENED = frozenset({str(RecordsEvent.FIELDS_OPEN)})
REFUSED = frozenset(
    map(
        str,
        (
            AccessKind.REQUEST_REFUSE,
            IdentityKind.FACTOR_FAIL,
            IdentityKind.PASSWORD_FAIL,
            RecordsEvent.SEAL_BREAK,
        ),
    )
)


def groups() -> list[tuple[str, str | Promise]]:
    """Return the groups of kinds to choose from: code and words."""
    return [
        ("opened", _("Opened")),
        ("refused", _("Refused or failed")),
        ("acts", _("All but reading the trail")),
    ]


def apps() -> list[tuple[str, str | Promise]]:
    """Return the parts of Keepwell to choose from: code and words."""
    return [(one.app, one.title) for one in registry.manifests() if one.events]


def offered(chosen: str) -> list[tuple[str, str | Promise]]:
    """Return the groups, and the one kind that was chosen by itself, if it was."""
    words = registry.event_words(chosen)
    return [*groups(), (chosen, words.did)] if words else groups()


def is_group(code: str) -> bool:
    """Tell whether this is one of the groups, or one kind by itself."""
    return kinds_of(code) is not None


def is_app(code: str) -> bool:
    """Tell whether this is one of the parts of Keepwell."""
    return any(code == known for known, _words in apps())


def kinds_of(group: str) -> Collection[str] | None:
    """Return the kinds of a group, or one kind by itself; None for any other text."""
    if group == "opened":
        return OPENED
    if group == "refused":
        return REFUSED
    if group == "acts":
        every = (str(kind) for one in registry.manifests() for kind in one.events)
        return [kind for kind in every if kind != AuditEvent.TRAIL_OPEN]
    return frozenset({group}) if registry.event_words(group) else None


def meant(group: str, app: str) -> tuple[Collection[str] | None, Openings | None]:
    """Return the kinds that a group has in an app, None for every one; and openings beside them.

    An opening belongs to the app of the records that were opened.
    """
    wanted = kinds_of(group)
    if not is_app(app):
        return wanted, None
    own = _kinds_in(app)
    kinds = own if wanted is None else [kind for kind in own if kind in wanted]
    openings = _openings_of(app)
    is_meant = openings is not None and (wanted is None or openings.kind in wanted)
    return kinds, openings if is_meant else None


def _kinds_in(app: str) -> list[str]:
    return [str(kind) for one in registry.manifests() if one.app == app for kind in one.events]


def _openings_of(app: str) -> Openings | None:
    if any(model._meta.app_label == app for model in sealed_models()):
        return Openings(str(RecordsEvent.FIELDS_OPEN), app)
    return None
