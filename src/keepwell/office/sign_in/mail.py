"""Asking for a letter about an account: put as a job, so that no request waits for a mail server.

For the forgotten password it is also put when there is no such account, so that neither time nor
answer tells whether there is one (ASVS 6.3.8).
"""

from uuid import UUID

from keepwell.jobs import queue
from keepwell.office import tasks
from keepwell.office.sign_in.letters import AccountLetter
from keepwell.safeguards.access.queries import organisations_of
from keepwell.safeguards.identity.models import SessionRecord, User
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind


def ask_reset_link(account: UUID | None) -> None:
    """Ask for a link to a new password; for nobody's address the same work is put and does nothing.

    The link is made when the letter is, so that its secret never lies in a table.
    """
    queue.put(tasks.write_about_account, account=account, letter=AccountLetter.RESET)


def tell_of_factor_link(user: User) -> None:
    """Tell an account, and the other owners where it is an owner, of a link made on the server."""
    tell(user, AccountLetter.FACTOR_LINK)
    for organisation in organisations_of(user):
        owners = tasks.owners_of(Viewer(kind=ViewerKind.SYSTEM, organisation=organisation.pk))
        others = [one for one in owners if one != user.pk] if user.pk in owners else []
        for other in others:
            queue.put(
                tasks.write_about_account,
                organisation=organisation.pk,
                account=other,
                letter=AccountLetter.FACTOR_LINK_OF_OWNER,
            )


def tell_of_new_device(user: User, session: SessionRecord) -> None:
    """Tell a person that a browser not seen before has signed in; the job looks up which."""
    queue.put(
        tasks.write_of_new_device,
        organisation=session.organisation,
        account=user.pk,
        session=session.pk,
    )


def tell(user: User, letter: AccountLetter, organisation: UUID | None = None) -> None:
    """Tell a person that something about the way into the account has changed (ASVS 6.3.7).

    The letter is written as the organisation writes in which the person was signed in.
    """
    queue.put(tasks.write_about_account, organisation=organisation, account=user.pk, letter=letter)
