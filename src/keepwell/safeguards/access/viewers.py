"""Building the viewer: who acts in this request, for which organisation, why and from where."""

from typing import Any, Protocol, cast
from uuid import UUID

from django.http import HttpRequest

from keepwell.jobs.work import Work
from keepwell.safeguards.access.queries import belonging_of
from keepwell.safeguards.access.rights.queries import rights_of
from keepwell.safeguards.identity.accounts import is_open
from keepwell.safeguards.identity.models import User
from keepwell.safeguards.identity.origin import address_of, device_of, request_id_of
from keepwell.safeguards.identity.sessions import NOBODY, Decision
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind


class MemberRequest(HttpRequest):
    """What a view of members gets: a request whose viewer, user and session have been decided.

    For annotations only; Django makes the objects, the middlewares add these attributes.
    """

    viewer: Viewer
    access_purpose: str
    sign_in: Decision
    user: User


class _WithViewer(Protocol):
    viewer: Viewer | None


def sign_in_of(request: HttpRequest) -> Decision:
    """Return what the session of this request is good for."""
    found: Any = getattr(request, "sign_in", NOBODY)
    return cast("Decision", found)


def viewer_of(request: HttpRequest) -> Viewer:
    """Return the viewer of a request that AccessMiddleware let through to a view of members."""
    viewer = cast("_WithViewer", request).viewer
    if viewer is None:
        raise LookupError("This view is open to all: a request may have no viewer.")
    return viewer


def member(request: HttpRequest, *, purpose: str = "") -> Viewer | None:
    """Build the viewer of a signed-in member; None for everybody else, an ended membership too."""
    decision = sign_in_of(request)
    user, organisation = decision.user, decision.organisation
    if user is None or organisation is None or decision.record is None:
        return None
    rights = rights_of(user.pk, organisation, session=decision.record.pk)
    if rights is None:
        return None
    return Viewer(
        kind=ViewerKind.MEMBER,
        organisation=organisation,
        actor=user.pk,
        role=rights.role,
        locations=rights.locations,
        raised=rights.raised,
        emergency=rights.emergency,
        purpose=purpose,
        request=request_id_of(request),
        address=address_of(request),
        session=decision.record.pk,
        device=device_of(request),
    )


def entering(request: HttpRequest, user: User, organisation: UUID) -> Viewer | None:
    """Build the viewer of somebody whose steps are both done, before there is a session for it."""
    found = belonging_of(user.pk, organisation)
    if found is None:
        return None
    return Viewer(
        kind=ViewerKind.MEMBER,
        organisation=organisation,
        actor=user.pk,
        role=found.role,
        locations=found.locations,
        request=request_id_of(request),
        address=address_of(request),
        device=device_of(request),
    )


def respondent(organisation: UUID, draft_id: UUID | None, request: HttpRequest) -> Viewer:
    """Build the viewer of a patient who answers a form: no account, known only by the draft."""
    return Viewer(
        kind=ViewerKind.RESPONDENT,
        organisation=organisation,
        actor=draft_id,
        purpose="care",
        request=request_id_of(request),
        address=address_of(request),
        device=device_of(request),
    )


def of_job(work: Work) -> Viewer:
    """Build the viewer of a job: with the rights, now, of whoever started it (ASVS 8.3.3).

    Work that nobody started is the system's and holds no permission of staff. The job's id stands
    where a page's request stands, so that all entries of a job are found together.
    """
    organisation = work.organisation
    if organisation is None:
        raise LookupError("This job belongs to the installation: name the organisation itself.")
    if work.on_behalf_of is None:
        return Viewer(kind=ViewerKind.SYSTEM, organisation=organisation, request=work.id)
    person = work.on_behalf_of
    rights = rights_of(person, organisation) if is_open(person) else None
    return Viewer(
        kind=ViewerKind.JOB,
        organisation=organisation,
        role=rights.role if rights else "",
        locations=rights.locations if rights else frozenset(),
        raised=rights.raised if rights else frozenset(),
        on_behalf_of=person,
        request=work.id,
    )


def absent(account: UUID, organisation: UUID, *, job: UUID) -> Viewer | None:
    """Build the viewer of a member who is not here, for whom a job counts what waits.

    With the rights of now and never with those of an emergency; None for somebody whose account is
    closed or who is no member. Nothing may be opened or changed in such a name.
    """
    rights = rights_of(account, organisation) if is_open(account) else None
    if rights is None:
        return None
    return Viewer(
        kind=ViewerKind.MEMBER,
        organisation=organisation,
        actor=account,
        role=rights.role,
        locations=rights.locations,
        raised=rights.raised,
        request=job,
    )


def visitor(request: HttpRequest, organisation: UUID) -> Viewer:
    """Build the viewer of somebody without an account here, who holds a link."""
    return Viewer(
        kind=ViewerKind.VISITOR,
        organisation=organisation,
        request=request_id_of(request),
        address=address_of(request),
        device=device_of(request),
    )


def console(organisation: UUID, *, account: str) -> Viewer:
    """Build the viewer of somebody who runs a command on the host, named by the unix account."""
    return Viewer(kind=ViewerKind.CONSOLE, organisation=organisation, account=account)
