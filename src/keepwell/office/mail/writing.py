"""Writing a letter to an account, as the organisation that it concerns writes."""

from uuid import UUID

from django.conf import settings
from django.utils import translation

from keepwell.jobs.work import Work
from keepwell.office.mail.letters import Fact, Letter, compose
from keepwell.safeguards.access.queries import organisations_of
from keepwell.safeguards.identity.models import User
from keepwell.safeguards.mail import post
from keepwell.safeguards.mail.messages import Outgoing
from keepwell.shell import locales


def write(work: Work, letter: Letter, account: User, **facts: Fact) -> None:
    """Send a letter; the job it is sent in gives it its name. Raises one of `mail.errors`."""
    language = language_of(account, work.organisation)
    write_to(work, letter, account.email, language, name=account.name, **facts)


def write_to(work: Work, letter: Letter, to: str, language: str, **facts: Fact) -> None:
    """Send a letter to an address that may have no account yet."""
    with translation.override(language):
        composed = compose(letter, facts)
    post.deliver(
        Outgoing(
            name=work.id,
            to=to,
            subject=composed.subject,
            text=composed.text,
            html=composed.html,
            language=language,
            lasts=letter.lasts,
            stop=str(facts.get("stop", "")),
        )
    )


def language_of(account: User, concerned: UUID | None) -> str:
    """Return what an account has chosen, else the locale of the organisation of a letter.

    A letter about the account alone, such as a link to a new password, concerns none: then it is
    that of the first in which the account works.
    """
    own = locales.chosen(account.language)
    if own:
        return own
    found = organisations_of(account)
    meant = [one for one in found if one.pk == concerned] or found
    return meant[0].locale if meant else settings.LANGUAGE_CODE
