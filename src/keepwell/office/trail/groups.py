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
    """Return the groups to choose from: code and words."""
    told = [(one.app, one.title) for one in registry.manifests() if one.events]
    return [
        ("opened", _("Opened")),
        ("refused", _("Refused or failed")),
        ("acts", _("All but reading the trail")),
        *told,
    ]


def is_group(code: str) -> bool:
    """Tell whether this is one of the groups."""
    return any(code == known for known, _words in groups())


def kinds_of(group: str) -> Collection[str] | None:
    """Return the kinds of a group; None for every kind, an unknown group too."""
    if group == "opened":
        return OPENED
    if group == "refused":
        return REFUSED
    if group == "acts":
        every = (str(kind) for one in registry.manifests() for kind in one.events)
        return [kind for kind in every if kind != AuditEvent.TRAIL_OPEN]
    found = (one.events for one in registry.manifests() if one.app == group and one.events)
    return next(([str(kind) for kind in events] for events in found), None)


def openings_of(group: str) -> Openings | None:
    """Return the openings that belong to an app: those of its records; None for other groups."""
    if any(model._meta.app_label == group for model in sealed_models()):
        return Openings(str(RecordsEvent.FIELDS_OPEN), group)
    return None
