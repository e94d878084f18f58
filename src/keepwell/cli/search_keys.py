"""`keepwell keys reindex`: a new key for the search indexes, or how far its taking over is."""

from keepwell.cli.organisations import Named
from keepwell.cli.terminal import say
from keepwell.safeguards.records import reindexing
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault.blind import SETTLING

MINUTES = round(SETTLING.total_seconds() / 60)


def begin_or_tell(named: Named, viewer: Viewer, *, why: str = "") -> None:
    """Begin a renewal where none is under way; else say how far it is."""
    stands = reindexing.progress(named.id)
    if len(stands.versions) == 1:
        reindexing.begin(viewer, reason=why)
        left = reindexing.progress(named.id).left
        say(
            f"{named.name}: a new key for the search indexes is made. In {MINUTES} minutes every "
            f"process knows it; then the server renews {left} records while everybody works."
        )
    elif not stands.is_settled:
        say(f"{named.name}: the new key takes over within {MINUTES} minutes of its making.")
    else:
        say(f"{named.name}: {stands.left} records are still to be renewed; the server does it.")
