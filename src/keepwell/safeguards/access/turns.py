"""Taking turns: acts of one organisation that must not meet, each with the rights of its own turn.

A viewer's rights are those of the moment when the request came. Whoever then waits here, while a
colleague takes these rights away, must not act with them all the same.
"""

from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.access.rights.queries import Rights, rights_of
from keepwell.safeguards.identity import sessions
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind


def take_turn(viewer: Viewer) -> Organisation:
    """Let nobody else take a turn until this transaction ends; return the organisation's row.

    Call it inside the wall, before anything is looked at that decides the act. Raises NotPermitted
    when the viewer has lost rights, or the session, since the request came.
    """
    row = Organisation.held(viewer.organisation)
    if not _is_as_before(viewer):
        raise NotPermitted
    return row


def _is_as_before(viewer: Viewer) -> bool:
    account = viewer.actor if viewer.kind is ViewerKind.MEMBER else viewer.on_behalf_of
    if account is None:
        return True  # the console, the system, a patient: nobody takes their rights away
    if viewer.session is not None and not sessions.stands(viewer.session):
        return False
    now = rights_of(account, viewer.organisation, session=viewer.session)
    return now is not None and _holds_all(now, viewer)


def _holds_all(now: Rights, viewer: Viewer) -> bool:
    is_same = now.role == viewer.role and now.raised >= viewer.raised
    if now.locations is None or viewer.locations is None:
        return is_same and now.locations is None
    return is_same and now.locations >= viewer.locations
