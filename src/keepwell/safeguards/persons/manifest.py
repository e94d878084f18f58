"""What persons brings: its grants. The pages over it belong to the office."""

from django.utils.translation import gettext_lazy as _

from keepwell.safeguards.access.manifest import Manifest
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.persons.permissions import PersonPermission

MANIFEST = Manifest(
    app="persons",
    title=_("Persons"),
    grants={
        PersonPermission.ERASE: {Role.OWNER},
        PersonPermission.JOIN: {Role.OWNER, Role.MEMBER},
        PersonPermission.LIST: {Role.OWNER, Role.MEMBER, Role.AUDITOR},
        PersonPermission.OPEN: {Role.OWNER, Role.MEMBER},
    },
)
