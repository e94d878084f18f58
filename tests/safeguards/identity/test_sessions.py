"""When a session is good: decided in one place, by the clock, by acts of people, by an ending."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import IntegrityError

from keepwell.safeguards.identity import sessions
from keepwell.safeguards.identity.models import SessionRecord, Stage, User
from keepwell.safeguards.identity.session_store import SessionStore
from keepwell.safeguards.identity.sessions import Ending
from keepwell.toolkit import clock
from tests.people import Person

MINUTE, HOUR = 60, 3600


def session_of(ada: Person) -> str:
    return sessions.open_session(ada.user, stage=Stage.FULL, organisation=ada.organisation)


def test_a_session_is_its_persons_in_one_organisation(ada: Person) -> None:
    decision = sessions.decide(session_of(ada))
    assert decision.user == ada.user
    assert decision.organisation == ada.organisation


@pytest.mark.parametrize("key", [None, "", "never given out", "a" * 32])
def test_other_keys_are_nobodys(ada: Person, key: str | None) -> None:
    assert sessions.decide(key).record is None


def test_only_a_hash_of_the_key_is_kept(ada: Person) -> None:
    key = session_of(ada)
    assert key not in str(list(SessionRecord.objects.values()))


def test_fifteen_minutes_without_an_act_end_it(ada: Person) -> None:
    key = session_of(ada)
    with clock.moved(15 * MINUTE - 1):
        assert sessions.decide(key).is_full
    with clock.moved(15 * MINUTE):
        decision = sessions.decide(key)
        assert decision.user is None
        assert decision.ending == Ending.IDLE
        assert decision.ended_now is not None
    again = sessions.decide(key)  # the clock is back, the session is not
    assert (again.record, again.ending, again.ended_now) == (None, Ending.IDLE, None)


def test_an_act_moves_the_idle_limit(ada: Person) -> None:
    key = session_of(ada)
    with clock.moved(14 * MINUTE):
        record = sessions.decide(key).record
        assert record
        sessions.note_act(record)
    with clock.moved(28 * MINUTE):
        assert sessions.decide(key).is_full


def test_deciding_alone_moves_nothing(ada: Person) -> None:
    key = session_of(ada)
    with clock.moved(14 * MINUTE):
        sessions.decide(key)
    with clock.moved(16 * MINUTE):
        assert sessions.decide(key).ending == Ending.IDLE


def test_twelve_hours_end_it_however_busy(ada: Person) -> None:
    key = session_of(ada)
    for minutes in range(10, 12 * 60, 10):
        with clock.moved(minutes * MINUTE):
            record = sessions.decide(key).record
            assert record
            sessions.note_act(record)
    with clock.moved(12 * HOUR):
        assert sessions.decide(key).ending == Ending.ABSOLUTE


def test_ten_minutes_end_the_way_from_password_to_second_step(ada: Person) -> None:
    key = sessions.open_session(ada.user, stage=Stage.PASSWORD)
    assert sessions.decide(key).user is None
    assert sessions.decide(key).user_on_the_way == ada.user
    with clock.moved(10 * MINUTE):
        assert sessions.decide(key).user_on_the_way is None


def test_a_closed_account_has_no_sessions(ada: Person) -> None:
    key = session_of(ada)
    User.objects.filter(pk=ada.user.pk).update(is_active=False)
    assert sessions.decide(key).ending == Ending.ACCOUNT_CLOSED
    User.objects.filter(pk=ada.user.pk).update(is_active=True)
    assert sessions.decide(key).record is None


def test_an_ended_session_is_not_brought_back_by_a_late_save(ada: Person) -> None:
    key = session_of(ada)
    late = SessionStore(key)
    late["note"] = "typed before the end"
    record = sessions.decide(key).record
    assert record
    assert sessions.end(record, Ending.ENDED_ELSEWHERE)
    with pytest.raises(UpdateError):
        late.save()
    assert sessions.decide(key).record is None
    assert SessionRecord.objects.get(pk=record.pk).data == ""


def test_a_session_ends_once(ada: Person) -> None:
    record = sessions.decide(session_of(ada)).record
    assert record
    assert sessions.end(record, Ending.SIGNED_OUT)
    assert not sessions.end(record, Ending.IDLE)


def test_a_full_session_without_organisation_cannot_exist(ada: Person) -> None:
    with pytest.raises(IntegrityError):
        sessions.open_session(ada.user, stage=Stage.FULL)


def test_standing_sessions_are_those_that_are_good(ada: Person) -> None:
    session_of(ada)
    sessions.open_session(ada.user, stage=Stage.PASSWORD)
    ended = sessions.decide(session_of(ada)).record
    assert ended
    sessions.end(ended, Ending.SIGNED_OUT)
    assert len(sessions.standing_of(ada.user)) == 1
    with clock.moved(16 * MINUTE):
        assert sessions.standing_of(ada.user) == []


def test_old_sessions_are_swept(ada: Person) -> None:
    session_of(ada)
    with clock.moved(timedelta(days=1, hours=13).total_seconds()):
        kept = session_of(ada)
        assert sessions.sweep() == 1
        assert sessions.decide(kept).is_full
