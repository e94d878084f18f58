"""Look at what is new on an organisation's trail, in portions, until nothing is.

Reading comes first and outside any transaction; what was found is then written with the cursor
(`actions.take_in`). Whoever is killed in between has written nothing, and whoever comes second to
the same portion finds the cursor gone on.
"""

from datetime import timedelta
from uuid import UUID

from keepwell.safeguards.access.members.queries import former_accounts
from keepwell.safeguards.audit import stream
from keepwell.safeguards.identity import sessions
from keepwell.safeguards.monitoring import actions
from keepwell.safeguards.monitoring.queries import cursor_of
from keepwell.safeguards.monitoring.rules import RuleCode
from keepwell.safeguards.monitoring.watchers import Span, hits_in
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit import clock

PORTION = 2000  # entries: so many are looked at between two transactions
LOOKS_BACK = timedelta(days=1)
"""A trail that no rule has seen begins a day ago: an upgrade does not alert about old times."""


def look(organisation: UUID) -> int:
    """Look at everything that is new; return how many entries that was.

    Raises what reading the trail raises: TrailUnavailable, KeystoreUnavailable.
    """
    viewer = Viewer(kind=ViewerKind.SYSTEM, organisation=organisation)
    seen = 0
    while (span := _next(viewer)).stop > span.start:
        if actions.take_in(viewer, span, hits_in(span, former_accounts(viewer))):
            seen += span.stop - span.start
    _look_at_sessions(viewer)
    return seen


def _next(viewer: Viewer) -> Span:
    organisation = viewer.organisation
    size, position = stream.size_of(organisation), cursor_of(viewer)
    if position is None:
        position = stream.first_since(organisation, clock.now() - LOOKS_BACK)
        actions.begin_at(viewer, position)
    if size < position:
        actions.go_back(viewer, Span(organisation, position, size))
        position = size
    return Span(organisation, position, min(size, position + PORTION))


def _look_at_sessions(viewer: Viewer) -> None:
    """Raise an alert about each account that left and has a session here that is good."""
    former = former_accounts(viewer)
    standing = sessions.standing_in(viewer.organisation) if former else []
    for account in sorted({one.user_id for one in standing if one.user_id in former}):
        actions.stand(viewer, RuleCode.LEAVER, about=account)
