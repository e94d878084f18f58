"""Asking for the letters about a new second step, and the member's own way to stop it."""

from django.db import transaction
from django.http import HttpRequest

from keepwell.jobs import queue
from keepwell.office import tasks
from keepwell.office.second_steps.letters import SecondStepLetter
from keepwell.safeguards.identity import actions, replacements
from keepwell.safeguards.identity.models import FactorReplacement, User
from keepwell.safeguards.identity.replacements import Ended


def stop_own(request: HttpRequest, user: User) -> bool:
    """Stop what stands for one's own account and tell whoever was told; False when none stands."""
    with transaction.atomic():
        one = replacements.standing_of(user.pk)
        if one is None or not actions.end_replacement(request, user, Ended.STOPPED_BY_MEMBER):
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
