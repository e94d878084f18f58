"""Founding an organisation and letting people into it."""

from datetime import datetime
from uuid import UUID

from keepwell.safeguards.access.errors import AlreadyMember
from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.access.locations.actions import first_location
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.permissions import AccessPermission
from keepwell.safeguards.access.queries import allow
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.audit.logs import create_log
from keepwell.safeguards.identity import accounts, links
from keepwell.safeguards.identity.errors import LinkUsed
from keepwell.safeguards.identity.models import OneTimeLink, User
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.safeguards.vault.keys import make_organisation_keys
from keepwell.toolkit.clock import now


def found_organisation(
    *,
    name: str,
    owner: User,
    telephone: str = "",
    time_zone: str = "UTC",
    link: OneTimeLink | None = None,
    since: datetime | None = None,
) -> Organisation:
    """Create an organisation with its keys, its trail and its first owner, all or none.

    `since`: when the owner began to work there, if that was before today.

    `owner` may be unsaved: account and organisation then appear together. Keys and log live in
    other stores and come first: without their rows in the data store nobody can name them, so
    what a failure leaves behind is inert. `link` is the one-time link that allows it: it is used
    up in the same transaction, so of many parallel uses one founds something and the others raise
    LinkUsed.
    """
    organisation = Organisation(name=name, telephone=telephone, time_zone=time_zone)
    organisation.full_clean()
    make_organisation_keys(organisation.id)
    create_log(organisation.id)
    founder = Viewer(
        kind=ViewerKind.MEMBER, organisation=organisation.id, actor=owner.pk, role=Role.OWNER
    )
    with wall.writing(organisation.id):
        if link is not None and not links.use(link):
            raise LinkUsed
        organisation.save(force_insert=True)
        first_location(organisation)
        if not User.objects.filter(pk=owner.pk).exists():
            owner.save(force_insert=True)
        membership = _let_in(organisation.id, owner, Role.OWNER, since)
        record(
            founder,
            AccessKind.ORGANISATION_FOUND,
            subjects=(
                Subject(model="tenancy.organisation", ids=(organisation.id,)),
                Subject(model="access.membership", ids=(membership.id,)),
            ),
        )
    return organisation


def add_member(
    viewer: Viewer, *, user: User, role: Role, since: datetime | None = None
) -> Membership:
    """Let an account work in the viewer's organisation, in one role; `since` a day before today."""
    allow(viewer, AccessPermission.MEMBER_ADD)
    with wall.writing(viewer.organisation):
        if Membership.objects.filter(user=user, ended__isnull=True).exists():
            raise AlreadyMember
        membership = _let_in(viewer.organisation, user, role, since)
        record(
            viewer,
            AccessKind.MEMBER_ADD,
            subjects=(
                Subject(model="access.membership", ids=(membership.id,)),
                Subject(model="identity.user", ids=(user.pk,)),
            ),
            detail={"role": role.value},
        )
    return membership


def _let_in(organisation: UUID, user: User, role: Role, since: datetime | None) -> Membership:
    accounts.open_door(user.pk, organisation)
    moment = since or now()
    membership: Membership = Membership.objects.create(
        organisation_id=organisation, user=user, role=role, joined=moment, approved=moment
    )
    return membership
