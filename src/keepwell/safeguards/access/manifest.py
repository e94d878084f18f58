"""What an app says of itself for the rest to read: title, menu, which roles hold what."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """One line of the rail; shown to whoever holds its permission (None: to every member)."""

    title: str | Promise
    route: str
    icon: str
    permission: StrEnum | None = None
    order: int = 100
    section: str | Promise = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventWords:
    """How the trail tells one kind of entry: "<who> <did>", with an icon and a tone."""

    did: str | Promise
    icon: str = "info"
    tone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an app brings: its name, its lines in the menu, its grants, its words for the trail."""

    app: str
    title: str | Promise
    menu: tuple[MenuItem, ...] = ()
    grants: Mapping[StrEnum, Set[Role]] = field(default_factory=dict)
    events: Mapping[StrEnum, EventWords] = field(default_factory=dict)


MANIFEST = Manifest(
    app="access",
    title=_("Members"),
    grants={
        AccessPermission.MEMBER_ADD: {Role.OWNER, Role.ADMINISTRATOR},
        AccessPermission.MEMBER_LIST: {Role.OWNER, Role.ADMINISTRATOR, Role.AUDITOR},
    },
    events={
        AccessKind.MEMBER_ADD: EventWords(did=_("added a member"), icon="people"),
        AccessKind.ORGANISATION_FOUND: EventWords(
            did=_("founded the organisation"), icon="keepwell"
        ),
        AccessKind.REQUEST_REFUSE: EventWords(
            did=_("asked for a page and was refused"), icon="warning", tone="warning"
        ),
    },
)
