"""What the trail says of a proposal: which act, and why something became of it."""

from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.access.models import Proposal
from keepwell.safeguards.audit.actions import record
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.tenancy.viewer import Viewer

MODEL = "access.proposal"


def note(
    viewer: Viewer, kind: AccessKind, row: Proposal, *, reason: str = "", **because: str
) -> None:
    """Write down what became of a proposal, inside the caller's wall."""
    subject = Subject(model=MODEL, ids=(row.pk,))
    record(viewer, kind, subjects=(subject,), reason=reason, detail={"act": row.act, **because})
