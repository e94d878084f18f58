"""Acts on a colleague's second step together with their letters: both are there, or neither."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest

from keepwell.jobs import queue
from keepwell.office import tasks
from keepwell.office.second_steps.letters import SecondStepLetter
from keepwell.safeguards.access.replacements import actions
from keepwell.safeguards.access.replacements.actions import IdentityCheck
from keepwell.safeguards.identity import actions as identity
from keepwell.safeguards.identity import replacements
from keepwell.safeguards.identity.models import FactorReplacement, User
from keepwell.safeguards.identity.replacements import Ended
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


def stop_own(request: HttpRequest, user: User) -> bool:
    """Stop what stands for one's own account and tell whoever was told; False when none stands."""
    with transaction.atomic():
        one = replacements.standing_of(user.pk)
        if one is None or not identity.end_replacement(request, user, Ended.STOPPED_BY_MEMBER):
            return False
        tell_of_stop(one)
    return True


def tell_of_stop(one: FactorReplacement) -> None:
    """Tell the member, and whoever was told of the start, that nothing comes of it."""
    queue.put(
        tasks.write_of_second_step,
        organisation=one.organisation,
        account=one.user_id,
        letter=SecondStepLetter.STOPPED,
    )
    tell_colleagues(one, SecondStepLetter.STOPPED_OF_COLLEAGUE)


def tell_colleagues(one: FactorReplacement, letter: SecondStepLetter) -> None:
    """Tell whoever could stop it, in every organisation that the account may enter."""
    queue.put(tasks.tell_of_second_step, account=one.user_id, letter=letter)
