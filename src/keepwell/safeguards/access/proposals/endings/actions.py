"""A proposal ends with the right of whoever made or confirmed it: by leaving, by another role.

`queries.stands` asks whenever one is confirmed or done, so nothing is done on a right that is gone.
What is done here is to end it for good: whoever gets the right back finds nothing to go on with.
"""

from uuid import UUID

from django.db.models import Q

from keepwell.safeguards.access.events import AccessKind
from keepwell.safeguards.access.models import Proposal
from keepwell.safeguards.access.proposals.notes import note
from keepwell.safeguards.access.proposals.queries import stands
from keepwell.safeguards.access.raising import Fell
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit.clock import now


def end_those_of(viewer: Viewer, account: UUID, because: Fell) -> list[Proposal]:
    """Withdraw what an account proposed or confirmed and may not any more; return it.

    Inside the caller's wall, once the membership says what holds from now on.
    """
    made = Proposal.objects.filter(Q(proposed_by=account) | Q(confirmed_by=account))
    is_open = {"withdrawn__isnull": True, "used__isnull": True, "expires__gt": now()}
    ended = [row for row in made.filter(**is_open) if not stands(viewer, row)]
    for row in ended:
        row.withdrawn = now()
        row.save(update_fields=["withdrawn"])
        note(viewer, AccessKind.PROPOSAL_WITHDRAW, row, because=because.value)
    return ended
