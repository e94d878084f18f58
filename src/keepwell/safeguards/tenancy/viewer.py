"""The viewer: who acts, for which organisation, why and from where.

A frozen value of ids, built by `access` (or by a console command), taken by every action and query,
written into every trail entry. It carries no names and no secrets.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ViewerKind(StrEnum):
    """What sort of actor this is (FHIR AuditEvent.agent.type in our words)."""

    CONSOLE = "console"
    JOB = "job"
    MEMBER = "member"
    RESPONDENT = "respondent"
    SYSTEM = "system"
    TOKEN = "token"  # noqa: S105  a kind of actor, not a secret
    VISITOR = "visitor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who acts, in exactly one organisation (45 CFR 164.312(b): who, what, when, where, why)."""

    kind: ViewerKind
    organisation: UUID
    actor: UUID | None = None  # user for members, draft for respondents, None for system
    role: str = ""
    locations: frozenset[UUID] | None = None  # those a member belongs to; None: to all there are
    on_behalf_of: UUID | None = None
    purpose: str = ""  # a purpose code such as "care", see access.purposes
    request: UUID | None = None
    address: str = ""  # client IP address, believed only through configured proxies
    session: UUID | None = None  # id of the session's row, never its key
    device: str = ""  # a short description of the browser, never the whole header
    account: str = ""  # unix account, for console acts only
    raised: frozenset[str] = frozenset()  # permissions held for a while, beyond the role
    sees_reserved: bool = False  # in an emergency: also what is kept for named colleagues
    emergency: UUID | None = None  # the emergency access under way: every entry is marked with it
