"""What an app says of itself for the rest to read: title, menu, which roles hold what."""

from collections.abc import Callable, Collection, Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.tenancy.viewer import Viewer

if TYPE_CHECKING:
    from keepwell.safeguards.tenancy.models import Organisation  # manifests come before models


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """One line of the rail; shown to whoever holds its permission (None: to every member).

    `count` says how many things wait there for this viewer; it is asked on every page. `key` is the
    letter that leads there after a "g" (`keys.js`).
    """

    title: str | Promise
    route: str
    icon: str
    permission: StrEnum | None = None
    order: int = 100
    section: str | Promise = ""
    count: Callable[[Viewer], int] | None = None
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventWords:
    """How the trail tells one kind of entry: "<who> <did>", with an icon and a tone.

    `did_to` is the same with the %(name)s of the account that it is about, for readers who may see
    members.
    """

    did: str | Promise
    did_to: str | Promise = ""
    icon: str = "info"
    tone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordWords:
    """How rows of one model are spoken of: counted in words, and where one of them is shown.

    `counted` is `ngettext_lazy("%(count)s form", "%(count)s forms", "count")`. `route` takes the
    row's id; it is offered to whoever holds `permission`.
    """

    counted: Any  # django-stubs has no type for what ngettext_lazy returns
    route: str = ""
    permission: StrEnum | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeLine:
    """Something that waits for this viewer: what it is, a sentence more, and the way to it."""

    title: str | Promise
    words: str | Promise
    url: str
    act: str | Promise  # the button's words
    icon: str = "info"
    tone: str = ""
    order: int = 50  # patients' matters come before the house's


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryLine:
    """How many things wait for somebody, for a letter: a number in words, and a page of the menu.

    `counted` is an `ngettext_lazy` that takes the count. There is no place for a name or an id.
    """

    counted: Any  # django-stubs has no type for what ngettext_lazy returns
    count: int
    route: str
    order: int = 50

    @property
    def words(self) -> str:
        """Say the number in the language that is active."""
        return str(self.counted % {"count": self.count})


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstStep:
    """One of the things to do before the first patient comes."""

    title: str | Promise
    words: str | Promise
    is_done: bool
    url: str = ""
    act: str | Promise = ""
    icon: str = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """Something of a person's timeline. The title says what it is; nothing sealed is in it."""

    title: str | Promise
    moment: datetime
    url: str = ""  # only when this viewer may follow it
    icon: str = "info"
    words: str | Promise = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PersonFile:
    """A file of somebody's; `read` gives its bytes inside the scope that the part was made in."""

    id: UUID
    name: str
    media_type: str
    size: int
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class PersonPart:
    """One record about a person as an export gives it: in words, and as a FHIR R4 resource."""

    id: UUID
    title: str
    moment: datetime
    reference: str
    sections: tuple[tuple[str, tuple[tuple[str, tuple[str, ...]], ...]], ...]  # title: label, words
    resource: bytes  # JSON; refers to persons and files as urn:uuid:<id>
    files: tuple[PersonFile, ...] = ()
    happened: str = ""  # what was done at the moment, in words; nothing: the person sent it


class Standing(StrEnum):
    """How a safeguard stands."""

    BROKEN = "broken"  # meant to be on, and is not
    OFF = "off"
    ON = "on"
    UNDER_WAY = "under-way"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Found:
    """What a room has found of its safeguard just now: how it stands, the evidence, since when."""

    standing: Standing
    words: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Safeguard:
    """A line of the page "safeguards": who is asked, and where it is changed.

    `route` is a page of the menu, and `act` the words that lead there. `changed_by` names the kinds
    of entries that say who changed it, and why.
    """

    title: str | Promise
    look: Callable[[Viewer], Found]
    place: str | Promise
    route: str = ""
    act: str | Promise = ""
    changed_by: Set[str] = frozenset()
    order: int = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientPlace:
    """Whose an address for patients is, who may frame it, and what its own forms carry along.

    `start` is where what the address belongs to begins, when a link can lead there and it is open.
    """

    organisation: "Organisation"
    start: str = ""
    frame_ancestors: tuple[str, ...] = ()
    carried: Mapping[str, str] = field(default_factory=dict)


# Those of some rows of a model that the locations of a viewer reach.
Reached = Callable[[Viewer, Collection[UUID]], Collection[UUID]]


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody held beside a role: a row, in the words of `records`, and since when."""

    model: str
    id: UUID
    begun: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What an app brings: its name, its lines in the menu, its grants, its words for the trail.

    `whole` names permissions that concern the whole organisation: whoever belongs to some of its
    locations only does not hold them, whatever the role. `person_reach` says, as a condition on
    persons, whom such a member reaches through the app's records; `reached` says by model which
    rows a viewer's locations reach, to count those of others that an emergency opened.
    `records` names models as the trail does ("persons.person"). `home` and `first_steps` are asked
    when the first page is shown; `summary` when a letter says how much waits; `person_records` for
    the page of a person, with every id that is one with that person; `person_parts` when everything
    about a person is exported, with the scope to open it in. `patient_place` is asked by error
    pages that no view has prepared; None for an address that is not the app's, or leads nowhere.
    `taken_from` ends what an account holds beside its role, when its membership ends, and says what
    that was. `raisable` says in words which permissions can be asked for, for a while; `emergency`
    which ones, reading patients' data, are held in an emergency.
    """

    app: str
    title: str | Promise
    menu: tuple[MenuItem, ...] = ()
    grants: Mapping[StrEnum, Set[Role]] = field(default_factory=dict)
    whole: Set[StrEnum] = frozenset()
    raisable: Mapping[StrEnum, str | Promise] = field(default_factory=dict)
    emergency: Set[StrEnum] = frozenset()
    events: Mapping[str, EventWords] = field(default_factory=dict)
    records: Mapping[str, RecordWords] = field(default_factory=dict)
    home: Callable[[Viewer], Iterable[HomeLine]] | None = None
    first_steps: Callable[[Viewer], Iterable[FirstStep]] | None = None
    summary: Callable[[Viewer], Iterable[SummaryLine]] | None = None
    person_records: Callable[[Viewer, tuple[UUID, ...]], Iterable[PersonLine]] | None = None
    person_parts: Callable[[Viewer, tuple[UUID, ...], Any], Iterable[PersonPart]] | None = None
    person_reach: Callable[[Viewer], Any] | None = None  # a Q or an expression, for `filter`
    reached: Mapping[str, Reached] = field(default_factory=dict)
    taken_from: Callable[[Viewer, UUID], Iterable[Held]] | None = None
    patient_place: Callable[[HttpRequest], PatientPlace | None] | None = None
    safeguards: tuple[Safeguard, ...] = ()


MANIFEST = Manifest(
    app="access",
    title=_("Members"),
    raisable={
        AccessPermission.MEMBER_LIST: _("See who works here"),
        AccessPermission.NETWORK_CHANGE: _("Change the allowed networks"),
        AccessPermission.NETWORK_LIST: _("See the allowed networks"),
    },
    grants={
        AccessPermission.ELEVATION_DECIDE: {Role.OWNER, Role.ADMINISTRATOR},
        AccessPermission.EMERGENCY_BEGIN: {
            Role.OWNER,
            Role.ADMINISTRATOR,
            Role.MEMBER,
            Role.AUDITOR,
        },
        AccessPermission.EMERGENCY_SET: {Role.OWNER},
        AccessPermission.LOCATION_CHANGE: {Role.OWNER, Role.ADMINISTRATOR},
        AccessPermission.MEMBER_ADD: {Role.OWNER, Role.ADMINISTRATOR},
        AccessPermission.MEMBER_APPROVE: {Role.OWNER, Role.ADMINISTRATOR},
        AccessPermission.MEMBER_CHANGE: {Role.OWNER, Role.ADMINISTRATOR},
        AccessPermission.MEMBER_END: {Role.OWNER, Role.ADMINISTRATOR},
        AccessPermission.MEMBER_LIST: {Role.OWNER, Role.ADMINISTRATOR, Role.AUDITOR},
        AccessPermission.NETWORK_CHANGE: {Role.OWNER, Role.ADMINISTRATOR},
        AccessPermission.NETWORK_LIST: {
            Role.OWNER,
            Role.ADMINISTRATOR,
            Role.AUDITOR,
            Role.TECHNICIAN,
        },
        AccessPermission.OFFICER_NAME: {Role.OWNER},
        AccessPermission.OFFICER_SERVE: {Role.OWNER, Role.ADMINISTRATOR, Role.AUDITOR},
        AccessPermission.PROPOSAL_SEE: {Role.OWNER, Role.ADMINISTRATOR, Role.AUDITOR},
        AccessPermission.SECOND_STEP_REPLACE: {Role.OWNER, Role.ADMINISTRATOR},
    },
    # An emergency is where it is: whoever belongs to some locations begins it, and reaches all.
    whole=frozenset(AccessPermission) - {AccessPermission.EMERGENCY_BEGIN},
    events={
        AccessKind.ELEVATION_APPROVE: EventWords(
            did=_("gave a colleague more access for a while"), icon="key", tone="warning"
        ),
        AccessKind.ELEVATION_ASK: EventWords(did=_("asked for more access"), icon="key"),
        AccessKind.ELEVATION_END: EventWords(
            did=_("ended access that was given for a while"), icon="key"
        ),
        AccessKind.ELEVATION_LAPSE: EventWords(
            did=_("let a request for access lapse: nobody had decided"), icon="clock"
        ),
        AccessKind.ELEVATION_REFUSE: EventWords(
            did=_("refused a colleague more access"), icon="close"
        ),
        AccessKind.ELEVATION_WITHDRAW: EventWords(
            did=_("withdrew a request for access"), icon="close"
        ),
        AccessKind.EMERGENCY_BEGIN: EventWords(
            did=_("began emergency access"), icon="lock-open", tone="danger"
        ),
        AccessKind.EMERGENCY_END: EventWords(
            did=_("ended emergency access"), icon="lock", tone="warning"
        ),
        AccessKind.EMERGENCY_REVIEW: EventWords(
            did=_("reviewed an emergency access"), icon="review"
        ),
        AccessKind.EMERGENCY_SET: EventWords(
            did=_("changed how long emergency access lasts"), icon="clock", tone="warning"
        ),
        AccessKind.INVITATION_ACCEPT: EventWords(
            did=_("accepted an invitation and waits to be let in"), icon="people"
        ),
        AccessKind.INVITATION_SEND: EventWords(did=_("invited a colleague"), icon="send"),
        AccessKind.INVITATION_WITHDRAW: EventWords(did=_("withdrew an invitation"), icon="close"),
        AccessKind.JOB_REFUSE: EventWords(
            did=_("was refused work started by somebody who may not do it any more"),
            icon="warning",
            tone="warning",
        ),
        AccessKind.LOCATION_ADD: EventWords(did=_("added a location"), icon="building"),
        AccessKind.LOCATION_CHANGE: EventWords(did=_("changed a location"), icon="building"),
        AccessKind.LOCATION_CLOSE: EventWords(
            did=_("closed a location and moved what belonged to it"),
            icon="building",
            tone="warning",
        ),
        AccessKind.MEMBER_ADD: EventWords(did=_("added a member"), icon="people"),
        AccessKind.MATRIX_PROBE: EventWords(
            did=_("asked the running system what each role may open"), icon="check"
        ),
        AccessKind.MEMBER_APPROVE: EventWords(did=_("let a colleague in"), icon="people"),
        AccessKind.MEMBER_CHANGE: EventWords(
            did=_("moved a colleague to another role or other locations"),
            icon="key",
            tone="warning",
        ),
        AccessKind.MEMBER_END: EventWords(
            did=_("ended the access of a colleague"), icon="out", tone="warning"
        ),
        AccessKind.MEMBER_RETURN: EventWords(
            did=_("let somebody back in who had left"), icon="people", tone="warning"
        ),
        AccessKind.MEMBER_SIGN_OUT: EventWords(
            did=_("ended all sessions of a colleague"), icon="out", tone="warning"
        ),
        AccessKind.NETWORK_ADD: EventWords(did=_("allowed a network"), icon="key"),
        AccessKind.NETWORK_REFUSE: EventWords(
            did=_("came from a network that is not allowed and was refused"),
            icon="warning",
            tone="warning",
        ),
        AccessKind.NETWORK_REMOVE: EventWords(
            did=_("took a network off the allowed ones"), icon="key"
        ),
        AccessKind.NETWORK_RENAME: EventWords(did=_("renamed an allowed network"), icon="key"),
        AccessKind.NETWORKS_RESUME: EventWords(
            did=_("put the list of allowed networks in force again"), icon="key"
        ),
        AccessKind.NETWORKS_SUSPEND: EventWords(
            did=_("suspended the list of allowed networks"), icon="warning", tone="warning"
        ),
        AccessKind.OFFICER_NAME: EventWords(
            did=_("named a security or privacy officer"), icon="people", tone="warning"
        ),
        AccessKind.OFFICER_RELEASE: EventWords(
            did=_("left the place of an officer empty"), icon="people", tone="warning"
        ),
        AccessKind.ORGANISATION_FOUND: EventWords(
            did=_("founded the organisation"), icon="keepwell"
        ),
        AccessKind.PROPOSAL_CONFIRM: EventWords(
            did=_("confirmed what a colleague proposed"), icon="people", tone="warning"
        ),
        AccessKind.PROPOSAL_MAKE: EventWords(
            did=_("proposed what takes two persons"), icon="people", tone="warning"
        ),
        AccessKind.PROPOSAL_USE: EventWords(
            did=_("did what two persons agreed on"), icon="people", tone="warning"
        ),
        AccessKind.PROPOSAL_WITHDRAW: EventWords(did=_("withdrew a proposal"), icon="close"),
        AccessKind.REQUEST_REFUSE: EventWords(
            did=_("asked for a page and was refused"), icon="warning", tone="warning"
        ),
    },
)
