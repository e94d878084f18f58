"""When hits meet a rule, and how an open alert goes on: no store, no clock."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from keepwell.safeguards.monitoring.rules import (
    FAILURES_LEAST,
    RULES,
    Hit,
    RuleCode,
    going_on,
    judged,
)

ADA = UUID(int=1)
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
FAILED, READ = (
    next(rule for rule in RULES if rule.code == code)
    for code in (RuleCode.FAILED_SIGN_INS, RuleCode.MASS_READ)
)


def hit(index: int, minutes: float = 0, things: set[int] | None = None) -> Hit:
    counted = frozenset(UUID(int=one) for one in (things or {1000 + index}))
    moment = NOON + timedelta(minutes=minutes)
    return Hit(rule="x", about=ADA, index=index, moment=moment, things=counted)


def test_as_many_as_the_rule_says_within_its_time_meet_it() -> None:
    hits = [hit(n, minutes=n) for n in range(FAILURES_LEAST)]
    met = judged(FAILED, hits)
    assert met
    assert (met.count, met.indexes) == (FAILURES_LEAST, (0, FAILURES_LEAST - 1))
    assert judged(FAILED, hits[1:]) is None


def test_as_many_over_a_longer_time_do_not() -> None:
    assert judged(FAILED, [hit(n, minutes=20 * n) for n in range(10)]) is None


def test_those_of_before_its_time_are_not_part_of_the_alert() -> None:
    early = hit(0, minutes=-300)
    late = [hit(n, minutes=n) for n in range(1, FAILURES_LEAST + 3)]
    met = judged(FAILED, [early, *late])
    assert met
    assert (met.count, met.indexes) == (FAILURES_LEAST + 2, (1, FAILURES_LEAST + 2))


def test_entries_that_stand_out_of_order_are_judged_by_their_time() -> None:
    hits = [hit(FAILURES_LEAST - n, minutes=n) for n in range(FAILURES_LEAST)]
    met = judged(FAILED, hits)
    assert met
    assert met.indexes == (1, FAILURES_LEAST)
    assert (met.first, met.last) == (NOON, NOON + timedelta(minutes=FAILURES_LEAST - 1))


def test_a_patient_who_is_opened_again_and_again_counts_once() -> None:
    assert judged(READ, [hit(n, things={1, 2, 3}) for n in range(500)]) is None
    met = judged(READ, [hit(n, things=set(range(25 * n, 25 * n + 25))) for n in range(8)])
    assert met
    assert met.count == READ.least


def test_an_open_alert_goes_on_with_what_is_new_only() -> None:
    hits = [hit(1, things={1, 2}), hit(2, things={2, 3}), hit(3, things={3, 4, 5})]
    more = going_on(hits, after=2)
    assert more
    assert (more.count, more.indexes) == (2, (3, 3))
    assert going_on(hits, after=3) is None


def test_each_rule_has_a_code_of_its_own_and_says_what_to_do() -> None:
    assert {rule.code for rule in RULES} == set(RuleCode)
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert all(str(rule.title) and str(rule.means) and str(rule.todo) for rule in RULES)
