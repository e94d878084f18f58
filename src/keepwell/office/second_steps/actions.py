"""Acts on a colleague's second step together with their letters: both are there, or neither."""

from uuid import UUID

from django.db import transaction

from keepwell.jobs import queue
from keepwell.office import tasks
from keepwell.office.second_steps.letters import SecondStepLetter
from keepwell.office.second_steps.telling import tell_colleagues, tell_of_stop
from keepwell.safeguards.access.replacements import actions
from keepwell.safeguards.access.replacements.actions import IdentityCheck
from keepwell.safeguards.identity.models import FactorReplacement
from keepwell.safeguards.tenancy.viewer import Viewer


def start(
    viewer: Viewer, *, membership: UUID, check: IdentityCheck, reason: str
) -> FactorReplacement:
    """Start a replacement; its link and the news of it go out by mail."""
    with transaction.atomic():
        one = actions.start(viewer, membership=membership, check=check, reason=reason)
        queue.put(tasks.write_replacement, organisation=one.organisation, replacement=one.pk)
        tell_colleagues(one, SecondStepLetter.STARTED)
    return one


def confirm(
    viewer: Viewer, *, membership: UUID, check: IdentityCheck, reason: str
) -> FactorReplacement:
    """Confirm a replacement and tell the member that the link can be used."""
    with transaction.atomic():
        one = actions.confirm(viewer, membership=membership, check=check, reason=reason)
        queue.put(
            tasks.write_of_second_step,
            organisation=one.organisation,
            key=(one.pk,),
            account=one.user_id,
            letter=SecondStepLetter.CONFIRMED,
        )
    return one


def stop(viewer: Viewer, *, membership: UUID) -> bool:
    """Stop a replacement and tell everybody who was told of it; False when none stands."""
    with transaction.atomic():
        one = actions.stop(viewer, membership=membership)
        if one is None:
            return False
        tell_of_stop(one)
    return True
