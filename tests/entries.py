"""The newest entry of a clinic's trail, once everything that waits is on it."""

from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.audit import queries, writer
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from tests.people import Clinic


def newest_entry(clinic: Clinic) -> queries.TrailEntry:
    """Return it as the owner reads it."""
    writer.stop()
    owner = Viewer(
        kind=ViewerKind.MEMBER,
        organisation=clinic.organisation.id,
        actor=clinic.owner.user.pk,
        role=Role.OWNER,
    )
    return queries.page_of_entries(owner, limit=1).entries[0]
