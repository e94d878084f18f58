"""Writing a letter to an account, in the language of the organisation it works in."""

from django.conf import settings
from django.utils import translation

from keepwell.jobs.work import Work
from keepwell.office.mail.letters import Fact, Letter, compose
from keepwell.safeguards.access.queries import organisations_of
from keepwell.safeguards.identity.models import User
from keepwell.safeguards.mail import post
from keepwell.safeguards.mail.messages import Outgoing


def write(work: Work, letter: Letter, account: User, **facts: Fact) -> None:
    """Send a letter; the job it is sent in gives it its name. Raises one of `mail.errors`."""
    language = language_of(account)
    with translation.override(language):
        composed = compose(letter, {"name": account.name, **facts})
    post.deliver(
        Outgoing(
            name=work.id,
            to=account.email,
            subject=composed.subject,
            text=composed.text,
            html=composed.html,
            language=language,
            lasts=letter.lasts,
        )
    )


def language_of(account: User) -> str:
    """Return the language of the first organisation an account works in."""
    found = organisations_of(account)
    return found[0].locale if found else settings.LANGUAGE_CODE
