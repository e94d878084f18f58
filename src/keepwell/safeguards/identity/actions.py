"""What a person does to get in and out: password, second step, sign-out, change, reset.

Each act takes the request, because where an act came from belongs to its trail entry and because a
step forward gives the browser a new session. Nobody is a viewer yet: these come before that.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.middleware.csrf import rotate_token

from keepwell.safeguards.identity import (
    accounts,
    desks,
    devices,
    links,
    passwords,
    recording,
    replacements,
    second_factor,
    throttle,
    trusts,
)
from keepwell.safeguards.identity import sessions as session_rules
from keepwell.safeguards.identity.errors import SignInEnded
from keepwell.safeguards.identity.events import AGAIN, IdentityKind
from keepwell.safeguards.identity.models import (
    Factor,
    LinkPurpose,
    SessionRecord,
    Stage,
    User,
)
from keepwell.safeguards.identity.origin import address_of, device_of
from keepwell.safeguards.identity.second_factor import CodeAnswer
from keepwell.safeguards.identity.session_store import SessionStore
from keepwell.safeguards.identity.sessions import Ending

CARRIED = ("joining", "next")
"""What request.session keeps when the session gets its next id: where the person wanted to go.

Only for the same person: a colleague who signs in over a half-done sign-in begins anew.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of a try: it was right, it was wrong, or it has to wait."""

    is_right: bool = False
    user: User | None = None
    code: CodeAnswer | None = None
    factor: str = ""  # the passkey's id
    wait: timedelta = timedelta(0)


def create_user(*, email: str, name: str, password: str) -> User:
    """Make an account; it enters an organisation through `access.actions`."""
    user = new_user(email=email, name=name, password=password)
    user.save(force_insert=True)
    return user


def new_user(*, email: str, name: str, password: str) -> User:
    """Return an account not yet saved: hashing takes long, so it is done outside transactions."""
    return User(
        email=passwords.normal_email(email), name=name.strip(), password=passwords.hashed(password)
    )


@transaction.atomic
def begin(
    request: HttpRequest, user: User, stage: Stage, organisation: UUID | None = None
) -> SessionRecord:
    """Give this browser a new session with a new id, and end the one it had (ASVS 7.2.4).

    What the second step was done with goes along, and which trusted device it was left out on.
    Raises SignInEnded when the session before, or the password, was taken away while the step was
    judged: whoever does that holds the account, and so does this.
    """
    before = request.sign_in.record  # type: ignore[attr-defined]
    carried = _carried(request, user, before)
    if organisation is not None:
        session_rules.hold_limits(organisation)  # before the account, as whoever ends access does
    _leave_before(request, user, before)
    key = session_rules.open_session(
        user,
        stage=stage,
        organisation=organisation,
        address=address_of(request),
        device=device_of(request),
        factor=before.factor if before and before.user_id == user.pk else "",
    )
    record = SessionRecord.objects.get(key_digest=session_rules.digest_of(key))
    if before and before.user_id == user.pk and before.trust is not None:
        session_rules.note_trust(record, before.trust)
    request.session.flush()
    request.session = SessionStore(key)
    request.session.update(carried)
    request.session.modified = True
    rotate_token(request)
    request.sign_in = session_rules.decide(key)  # type: ignore[attr-defined]
    return record


def _carried(request: HttpRequest, user: User, before: SessionRecord | None) -> dict[str, Any]:
    """Return what goes along to the next session; nothing of what somebody else began."""
    is_own = before is None or before.user_id in (None, user.pk)
    return {name: request.session[name] for name in CARRIED if is_own and name in request.session}


def _leave_before(request: HttpRequest, user: User, before: SessionRecord | None) -> None:
    """End the session that a new one takes the place of; a colleague's is told on the trail."""
    held = User.objects.select_for_update().get(pk=user.pk)
    has_changed = held.password != user.password
    has_ended = before is None or _end_and_record(request, before, Ending.REPLACED)
    is_own = before is not None and before.user_id == user.pk
    if has_changed or (is_own and not has_ended):
        raise SignInEnded


def note_factor(request: HttpRequest, factor: str) -> None:
    """Note what the second step was done with: whatever is removed ends the sessions it made."""
    record = request.sign_in.record  # type: ignore[attr-defined]
    if record is not None:
        session_rules.note_factor(record, factor)


def give_password(request: HttpRequest, *, email: str, password: str) -> Answer:
    """Take the first step. A right password opens nothing but the way to the second step."""
    account = passwords.normal_email(email)
    doors = devices.doors_for(request, "password", account, address_of(request))
    wait = throttle.begin_try(*doors)
    if wait:
        return Answer(wait=wait)
    user, is_right = passwords.account_of(account, password)
    if user is None or not is_right:
        if user is not None:
            # Once the answer has left: waiting for the trail would tell that there is an account.
            failed = partial(_record_failure, request, user, IdentityKind.PASSWORD_FAIL)
            recording.after_answer(request, failed)
        return Answer()
    throttle.succeed(*doors)
    begin(request, user, Stage.PASSWORD)
    return Answer(is_right=True, user=user)


def give_code(request: HttpRequest, user: User, typed: str) -> Answer:
    """Take the second step with the code of the authenticator app."""
    doors = devices.doors_for(request, "code", user.email, address_of(request))
    wait = throttle.begin_try(*doors)
    if wait:
        return Answer(wait=wait)
    answer = second_factor.use_code(user, typed)
    if answer is not CodeAnswer.ACCEPTED:
        _record_failure(request, user, IdentityKind.FACTOR_FAIL, because=answer)
        return Answer(code=answer)
    throttle.succeed(*doors)
    note_factor(request, Factor.APP)
    return Answer(is_right=True, user=user, code=answer)


def give_recovery_code(request: HttpRequest, user: User, typed: str) -> Answer:
    """Take the second step with a recovery code, which is used up and recorded."""
    doors = devices.doors_for(request, "code", user.email, address_of(request))
    wait = throttle.begin_try(*doors)
    if wait:
        return Answer(wait=wait)
    if not second_factor.use_recovery_code(user, typed):
        _record_failure(request, user, IdentityKind.FACTOR_FAIL, because="recovery-code")
        return Answer()
    throttle.succeed(*doors)
    note_factor(request, Factor.RECOVERY_CODE)
    recording.account_event(request, user, IdentityKind.RECOVERY_CODE_USE, proven=True)
    return Answer(is_right=True, user=user)


def enrol(request: HttpRequest, user: User, *, secret: str, typed: str) -> CodeAnswer:
    """Turn on the second step of an account that has none, once the app shows the right code."""
    answer = second_factor.judge(secret, typed)
    if answer is not CodeAnswer.ACCEPTED:
        return answer
    counter = second_factor.current_counter()
    if not second_factor.enrol_first(user, secret, last_counter=counter):
        return CodeAnswer.USED
    note_factor(request, Factor.APP)
    recording.account_event(request, user, IdentityKind.FACTOR_ENROL, proven=True)
    return answer


@transaction.atomic
def replace_app(request: HttpRequest, user: User, *, secret: str, typed: str) -> CodeAnswer:
    """Put a new authenticator app and new recovery codes in place of the old ones.

    The caller has asked for the password and a code again. Every other session ends (ASVS 7.4.3).
    """
    answer = second_factor.judge(secret, typed)
    if answer is CodeAnswer.ACCEPTED:
        accounts.hold(user.pk)
        second_factor.put_app(user, secret, last_counter=second_factor.current_counter())
        recording.account_event(request, user, IdentityKind.FACTOR_REPLACE, proven=True)
        end_replacement(request, user, replacements.Ended.FACTOR_CHANGED)
        end_sessions(request, user, Ending.FACTOR_CHANGED, but_this=True)
    return answer


def end_replacement(request: HttpRequest, user: User, because: replacements.Ended) -> bool:
    """End a replacement that colleagues have started for this account; False when none stood.

    The account's own person does it: knowingly, or by an act after which it must not go on.
    """
    if replacements.end_that_of(user.pk, because) is None:
        return False
    detail = {"because": str(because)}
    recording.account_event(
        request, user, IdentityKind.REPLACEMENT_STOP, proven=True, detail=detail
    )
    return True


def prove_again(request: HttpRequest, user: User, *, password: str, typed: str) -> Answer:
    """Ask for both steps again before something weighty; recovery codes count as the second."""
    doors = devices.doors_for(request, "again", user.email, address_of(request))
    wait = throttle.begin_try(*doors)
    if wait:
        return Answer(wait=wait)
    if not passwords.is_password_of(user, password):
        _record_failure(request, user, IdentityKind.PASSWORD_FAIL, at=AGAIN)
        return Answer()
    answer = second_factor.use_code(user, typed)
    if answer is not CodeAnswer.ACCEPTED and not second_factor.use_recovery_code(user, typed):
        _record_failure(request, user, IdentityKind.FACTOR_FAIL, because=answer, at=AGAIN)
        return Answer(code=answer)
    throttle.succeed(*doors)
    return Answer(is_right=True, user=user)


def give_present_password(request: HttpRequest, user: User, *, password: str) -> Answer:
    """Ask for the password again before it is changed.

    At a door of its own: a right password alone must not forget wrong codes (`prove_again`).
    """
    doors = devices.doors_for(request, "present", user.email, address_of(request))
    wait = throttle.begin_try(*doors)
    if wait:
        return Answer(wait=wait)
    if not passwords.is_password_of(user, password):
        _record_failure(request, user, IdentityKind.PASSWORD_FAIL, at=AGAIN)
        return Answer()
    throttle.succeed(*doors)
    return Answer(is_right=True, user=user)


@transaction.atomic
def renew_codes(request: HttpRequest, user: User) -> None:
    """Replace the recovery codes and end every other session; the caller asked for both steps.

    Who renews them may fear that somebody has the old ones, and is signed in with one.
    """
    accounts.hold(user.pk)
    second_factor.renew_codes(user)
    recording.account_event(request, user, IdentityKind.RECOVERY_CODES_RENEW, proven=True)
    end_sessions(request, user, Ending.FACTOR_CHANGED, but_this=True)


def enter(request: HttpRequest, user: User, organisation: UUID) -> SessionRecord:
    """Both steps are done: work in this organisation, in a session with a new id."""
    is_known = devices.knows(request, user.email)
    record = begin(request, user, Stage.FULL, organisation)
    detail = {} if is_known else {"device": "not-seen-before"}
    if record.factor == Factor.TRUSTED_DEVICE:
        detail["second-step"] = Factor.TRUSTED_DEVICE.value
    try:
        recording.session_event(request, record, IdentityKind.SESSION_BEGIN, detail=detail)
    except Exception:
        session_rules.end(record, Ending.REPLACED)  # no trail, no session
        raise
    User.objects.filter(pk=user.pk).update(last_login=record.created)
    return record


def sign_out(request: HttpRequest) -> None:
    """End this browser's session; at a shared desk the name goes, also when it was over already."""
    decision: session_rules.Decision = request.sign_in  # type: ignore[attr-defined]
    whose = decision.user.pk if decision.user else decision.was_of
    if whose is not None:
        desks.forget_here(request, whose)
    _leave(request, Ending.SIGNED_OUT)


def switch(request: HttpRequest, *, page: str) -> str:
    """End this browser's session and keep its person's name at this desk; return its handle.

    `page`: where the person comes back to, ids only. A session that is over already keeps nothing.
    """
    decision: session_rules.Decision = request.sign_in  # type: ignore[attr-defined]
    user, organisation = decision.user, decision.organisation
    has_ended = _leave(request, Ending.SWITCHED)
    if not has_ended or user is None or organisation is None:
        return ""
    return desks.keep_seat(request, user=user.pk, organisation=organisation, page=page)


def _leave(request: HttpRequest, because: Ending) -> bool:
    record = request.sign_in.record  # type: ignore[attr-defined]
    has_ended = record is not None and session_rules.end(record, because)
    if has_ended:
        detail = {"because": str(because)}
        recording.session_event(request, record, IdentityKind.SESSION_END, detail=detail)
    request.session.flush()
    return has_ended


def end_session(request: HttpRequest, user: User, session_id: UUID) -> bool:
    """End another session of the same account; False when there is none of this id.

    It may be on a lost device, and no row says on which: no browser is known then, but this one
    when its answer notes it again (`devices.remember`).
    """
    record = SessionRecord.objects.filter(pk=session_id, user=user, ended__isnull=True).first()
    if record is None:
        return False
    if record.trust is not None:  # a device that is cut off is trusted no more
        trusts.end(user.pk, record.trust)
    devices.forget_everywhere(user.pk)
    return _end_and_record(request, record, Ending.ENDED_ELSEWHERE)


@transaction.atomic
def end_sessions(
    request: HttpRequest, user: User, because: Ending, *, but_this: bool = False
) -> int:
    """End every session of an account, this one too unless said; return how many.

    Its name goes from shared desks as well, and every device that was trusted is asked again.
    """
    accounts.hold(user.pk)  # a sign-in under way ends too, or waits and then finds itself ended
    trusts.end_all_of(user.pk)
    desks.forget_everywhere(user.pk)
    this = request.sign_in.record if but_this else None  # type: ignore[attr-defined]
    standing = SessionRecord.objects.filter(user=user, ended__isnull=True)
    return sum(_end_and_record(request, one, because) for one in standing if one != this)


@transaction.atomic
def sign_out_everywhere(request: HttpRequest, user: User) -> int:
    """End every session of an account, this one too; return how many. No browser is known then."""
    devices.forget_everywhere(user.pk)
    return end_sessions(request, user, Ending.SIGNED_OUT)


def end_sessions_made_with(request: HttpRequest, user: User, factor: str) -> int:
    """End an account's other sessions whose second step was done with this; return how many.

    Those without a second step, too: what is trusted is trusted because of what it was done with.
    """
    trusts.end_all_of(user.pk)
    this = request.sign_in.record  # type: ignore[attr-defined]
    of_old = ""  # begun before sessions noted what made them
    by = (factor, Factor.TRUSTED_DEVICE, of_old)
    made = SessionRecord.objects.filter(user=user, factor__in=by, ended__isnull=True)
    return sum(_end_and_record(request, one, Ending.FACTOR_CHANGED) for one in made if one != this)


def end_sessions_by_trust(request: HttpRequest, user: User, trust: UUID) -> int:
    """End an account's other sessions that a trusted device has let in; return how many."""
    this = request.sign_in.record  # type: ignore[attr-defined]
    made = SessionRecord.objects.filter(
        user=user, trust=trust, factor=Factor.TRUSTED_DEVICE, ended__isnull=True
    )
    return sum(_end_and_record(request, one, Ending.ENDED_ELSEWHERE) for one in made if one != this)


def change_password(request: HttpRequest, user: User, *, password: str) -> None:
    """Set a new password and end every other session (ASVS 7.4.3)."""
    hashed = passwords.hashed(password)  # takes long, so it is done outside the transaction
    with transaction.atomic():
        _set_password(user, hashed)
        recording.account_event(request, user, IdentityKind.PASSWORD_CHANGE, proven=True)
        end_sessions(request, user, Ending.PASSWORD_CHANGED, but_this=True)


def reset_password(request: HttpRequest, user: User, *, password: str) -> None:
    """Set a new password by a link from the mail. It never stands in for the second step.

    It ends a replacement of the second step that is under way: the letters alone would else be
    enough for both steps.
    """
    hashed = passwords.hashed(password)
    with transaction.atomic():
        _set_password(user, hashed)
        recording.account_event(request, user, IdentityKind.PASSWORD_RESET, proven=True)
        end_replacement(request, user, replacements.Ended.PASSWORD_RESET)
        end_sessions(request, user, Ending.PASSWORD_CHANGED)
    doors = (throttle.account_door, throttle.link_door)
    throttle.succeed(*(door("password", user.email) for door in doors))


def _set_password(user: User, hashed: str) -> None:
    user.password = hashed
    user.save(update_fields=["password"])
    devices.forget_everywhere(user.pk)
    links.end_those_for(LinkPurpose.RESET_PASSWORD, user)


def _end_and_record(request: HttpRequest, record: SessionRecord, because: Ending) -> bool:
    if not session_rules.end(record, because):
        return False
    if record.stage == Stage.FULL:
        detail = {"because": str(because)}
        recording.session_event(request, record, IdentityKind.SESSION_END, detail=detail)
    return True


def _record_failure(
    request: HttpRequest, user: User, kind: IdentityKind, *, because: str = "", at: str = ""
) -> None:
    detail = {name: str(said) for name, said in (("because", because), ("at", at)) if said}
    recording.account_event(request, user, kind, proven=False, outcome="failure", detail=detail)
