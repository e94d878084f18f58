"""What a person does with passkeys: sign in, take the second step, add one, remove one.

A challenge is good for one answer, in the session of the browser that it was given to, for five
minutes. It is kept as a one-time link is: as a hash, used up by exactly one of many at once. Wrong
answers are counted where wrong codes are.

Adding and removing are one transaction with the entry and the end of sessions: without a trail
nothing changes, and trying again works.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest

from keepwell.safeguards.identity import (
    actions,
    devices,
    links,
    passkeys,
    recording,
    second_factor,
    sessions,
    throttle,
    trusts,
)
from keepwell.safeguards.identity.actions import Answer
from keepwell.safeguards.identity.events import AGAIN, IdentityKind
from keepwell.safeguards.identity.models import (
    Factor,
    LinkPurpose,
    Passkey,
    SessionRecord,
    Stage,
    User,
)
from keepwell.safeguards.identity.origin import address_of
from keepwell.safeguards.identity.passkeys import Judged

CHALLENGE_LASTS = timedelta(minutes=5)
_DETAIL = {"factor": "passkey"}


def offer_use(request: HttpRequest) -> tuple[dict[str, Any], timedelta]:
    """Give this browser a challenge to answer with a passkey; an earlier one is forgotten.

    Or say how long to wait instead: a challenge for a browser without a session keeps two rows, and
    nobody is to fill the store from one network.
    """
    if request.sign_in.record is None:  # type: ignore[attr-defined]
        wait = throttle.begin_try(throttle.network_door("challenge", address_of(request)))
        if wait:
            return {}, wait
    return passkeys.using(_challenge(request)), timedelta(0)


def offer_adding(request: HttpRequest, user: User) -> dict[str, Any]:
    """Give this browser a challenge to answer with a new passkey."""
    return passkeys.adding(user, _challenge(request))


def sign_in(request: HttpRequest, answer: str) -> Answer:
    """Take both steps at once: the passkey is one, unlocking it on its device is the other."""
    given = _give(request, answer, act="code")
    if given.is_right and given.user is not None:
        actions.begin(request, given.user, Stage.FACTORS)
        actions.note_factor(request, given.factor)
    return given


def give(request: HttpRequest, user: User, answer: str) -> Answer:
    """Take the second step after the password."""
    given = _give(request, answer, act="code", of=user)
    if given.is_right:
        actions.note_factor(request, given.factor)
    return given


def prove_again(request: HttpRequest, user: User, answer: str) -> Answer:
    """Prove again, before something weighty, that it is the account's person."""
    return _give(request, answer, act=AGAIN, of=user)


@transaction.atomic
def add(request: HttpRequest, user: User, *, answer: str, name: str) -> Passkey | None:
    """Add a passkey; the caller has asked for both steps again. None when it does not hold."""
    challenge = _answered(request, answer)
    made = passkeys.add(user, challenge=challenge, answer=answer, name=name) if challenge else None
    if made is not None:
        trusts.end_all_of(user.pk)
        recording.account_event(
            request, user, IdentityKind.FACTOR_ENROL, proven=True, detail=_DETAIL
        )
    return made


@transaction.atomic
def remove(request: HttpRequest, user: User, passkey: UUID) -> bool:
    """Remove a passkey and end the sessions it made; False when there is none of this id.

    The caller has asked for both steps again. Raises LastSecondStep.
    """
    found = passkeys.one_of(user, passkey)
    if found is None or not passkeys.remove(user, found):
        return False
    recording.account_event(request, user, IdentityKind.FACTOR_REMOVE, proven=True, detail=_DETAIL)
    actions.end_sessions_made_with(request, user, str(passkey))
    return True


@transaction.atomic
def remove_app(request: HttpRequest, user: User) -> bool:
    """Remove the authenticator app and end the sessions it made; raises LastSecondStep."""
    if not second_factor.remove_app(user):
        return False
    detail = {"factor": str(Factor.APP)}
    recording.account_event(request, user, IdentityKind.FACTOR_REMOVE, proven=True, detail=detail)
    actions.end_sessions_made_with(request, user, Factor.APP)
    return True


def _give(request: HttpRequest, answer: str, *, act: str, of: User | None = None) -> Answer:
    challenge = _answered(request, answer)
    account, address = of or passkeys.claimed(answer), address_of(request)
    doors = (
        devices.doors_for(request, act, account.email, address)
        if account
        else (throttle.network_door(act, address),)
    )
    wait = throttle.begin_try(*doors)
    if wait:
        return Answer(wait=wait)
    judged = _judged(answer, challenge, of)
    passkey = judged.passkey
    if passkey is None or not judged.is_right or not passkey.user.is_active:
        if account is not None:
            _record_failure(request, account, judged, act)
        return Answer()
    throttle.succeed(*doors, throttle.network_door("challenge", address))
    return Answer(is_right=True, user=passkey.user, factor=str(passkey.pk))


def _judged(answer: str, challenge: str, of: User | None) -> Judged:
    if not challenge:
        return Judged(because="challenge")
    return passkeys.judge(answer, challenge=challenge, of=of)


def _challenge(request: HttpRequest) -> str:
    return links.make(LinkPurpose.PASSKEY, lasts=CHALLENGE_LASTS, about=_session(request).pk)


def _session(request: HttpRequest) -> SessionRecord:
    """Return this browser's session; nobody's is begun for a browser that has none."""
    record: SessionRecord | None = request.sign_in.record  # type: ignore[attr-defined]
    if record is None:
        request.session.create()
        key = request.session.session_key or ""
        record = SessionRecord.objects.get(key_digest=sessions.digest_of(key))
    return record


def _answered(request: HttpRequest, answer: str) -> str:
    """Use up the challenge that an answer is for; nothing when it was not this session's."""
    challenge, record = passkeys.challenge_in(answer), request.sign_in.record  # type: ignore[attr-defined]
    link = links.find(LinkPurpose.PASSKEY, challenge) if challenge else None
    is_ours = link is not None and record is not None and link.about == record.pk
    return challenge if link is not None and is_ours and links.use(link) else ""


def _record_failure(request: HttpRequest, user: User, judged: Judged, act: str) -> None:
    at = {"at": act} if act == AGAIN else {}
    detail = {"because": f"passkey-{judged.because or 'of-closed-account'}", **at}
    recording.account_event(
        request,
        user,
        IdentityKind.FACTOR_FAIL,
        proven=False,
        outcome="failure",
        detail=detail,
    )
