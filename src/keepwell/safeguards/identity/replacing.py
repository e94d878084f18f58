"""A lost second step, replaced by a link; it is never switched off meanwhile.

A colleague starts it (`access.replacements`), or whoever runs the server makes the link. It works
once and only together with the account's password: the old second step stays the one that counts
until the new one has shown its first code.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse

from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.audit.entries import Subject
from keepwell.safeguards.identity import (
    accounts,
    actions,
    links,
    recording,
    replacements,
    second_factor,
    sessions,
)
from keepwell.safeguards.identity.errors import LinkUsed
from keepwell.safeguards.identity.events import IdentityKind
from keepwell.safeguards.identity.models import (
    Factor,
    LinkPurpose,
    OneTimeLink,
    SessionRecord,
    User,
)
from keepwell.safeguards.identity.replacements import Ended
from keepwell.safeguards.identity.second_factor import CodeAnswer
from keepwell.safeguards.identity.sessions import Ending
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind

LASTS = timedelta(hours=1)


def order(user: User, *, account: str, reason: str) -> str:
    """Make the link and end the account's sessions; return the link's path.

    On the trail of every organisation the account may enter, with the unix account, before there
    is a link: without a trail there is none.
    """
    for organisation in recording.organisations_of(user):
        about = Subject(model="identity.user", ids=(user.pk,))
        by = _console(organisation, account)
        record_now(by, IdentityKind.FACTOR_RESET, subjects=(about,), reason=reason)
    token = links.make(LinkPurpose.REPLACE_FACTOR, lasts=LASTS, user=user)
    for session in sessions.all_of(user):
        _end(session, account)
    return reverse("sign_in:replace_lost", args=[token])


@transaction.atomic
def replace(
    request: HttpRequest, user: User, *, link: OneTimeLink, secret: str, typed: str
) -> CodeAnswer:
    """Put the new app and new recovery codes in place of the lost ones, and use the link up.

    Of many at once one replaces; the others raise LinkUsed.
    """
    answer = second_factor.judge(secret, typed)
    if answer is not CodeAnswer.ACCEPTED:
        return answer
    accounts.hold(user.pk)  # before the replacement, as whoever ends access does
    is_colleagues = link.about is not None
    if not (_use_replacement(link) if is_colleagues else links.use(link)):
        raise LinkUsed
    second_factor.enrol(user, secret, last_counter=second_factor.current_counter())
    actions.note_factor(request, Factor.APP)
    kind = IdentityKind.REPLACEMENT_USE if is_colleagues else IdentityKind.FACTOR_REPLACE
    recording.account_event(request, user, kind, proven=True)
    actions.end_replacement(request, user, Ended.FACTOR_CHANGED)
    links.end_those_for(LinkPurpose.REPLACE_FACTOR, user)
    actions.end_sessions(request, user, Ending.FACTOR_CHANGED, but_this=True)
    return answer


def is_shut(link: OneTimeLink) -> bool:
    """Tell whether a link leads to a replacement that is over, or whose wait is not."""
    one = replacements.behind(link)
    return link.about is not None and (one is None or not replacements.is_open(one))


def _use_replacement(link: OneTimeLink) -> bool:
    """Use link and replacement up, the replacement locked first, as whoever stops it does."""
    one = replacements.held(link)
    if one is None or not replacements.is_open(one):
        return False
    return links.use(link) and replacements.end(one, Ended.USED)


def _end(session: SessionRecord, account: str) -> None:
    if not sessions.end(session, Ending.FACTOR_CHANGED) or session.organisation is None:
        return
    about = Subject(model="identity.sessionrecord", ids=(session.pk,))
    by = _console(session.organisation, account)
    because = {"because": str(Ending.FACTOR_CHANGED)}
    record_now(by, IdentityKind.SESSION_END, subjects=(about,), detail=because)


def _console(organisation: UUID, account: str) -> Viewer:
    return Viewer(kind=ViewerKind.CONSOLE, organisation=organisation, account=account)
