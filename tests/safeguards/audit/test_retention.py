"""What old entries say is erased when its time is over, and every proof stays valid."""

from uuid import UUID

import pytest
from django.db import connections
from django.db.utils import DatabaseError

from keepwell.safeguards.audit import proofs, queries, retention, writer
from keepwell.safeguards.audit.actions import record, record_now
from keepwell.safeguards.audit.entries import period_of
from keepwell.safeguards.audit.proofs import Standing
from keepwell.safeguards.audit.queries import Content
from keepwell.safeguards.audit.trail import statements, store
from keepwell.safeguards.audit.verifier import verify
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault import keys
from keepwell.toolkit import clock
from keepwell.toolkit.clock import now_us
from tests.safeguards.audit.tampering import Hands

OPEN = "records:fields:open"
YEAR = 365.25 * 86400


def recorded_years_ago(viewer: Viewer, years: float, count: int) -> None:
    with clock.moved(-years * YEAR):
        for _ in range(count):
            record_now(viewer, OPEN)
        writer.stop()


def contents(viewer: Viewer) -> list[Content]:
    return [one.content for one in queries.page_of_entries(viewer).entries][::-1]


def payloads(hands: Hands) -> list[bool]:
    rows = hands.rows(
        'SELECT payload IS NULL FROM trail_entry WHERE organisation_id = :org ORDER BY "index"'
    )
    return [not is_gone for (is_gone,) in rows]


def test_only_what_is_older_than_its_time_is_erased(ada: Viewer, hands: Hands) -> None:
    recorded_years_ago(ada, 12, 2)
    recorded_years_ago(ada, 11.2, 1)
    recorded_years_ago(ada, 9.8, 2)
    old = set(retention.expired(ada.organisation, 10).values())
    assert len(old) == 2
    assert retention.drop_expired(ada) == 3
    writer.stop()
    assert payloads(hands) == [False] * 3 + [True] * 4  # two young ones, two erasures
    erased, kept = Content.ERASED, Content.READABLE
    assert contents(ada) == [erased] * 3 + [kept] * 4
    assert set(keys.shared_keys(ada.organisation, "trail/").values()).isdisjoint(old)


def test_every_proof_stays_valid_and_the_trail_says_what_was_done(ada: Viewer) -> None:
    recorded_years_ago(ada, 12, 300)
    retention.drop_expired(ada)
    assert verify(ada.organisation).is_whole
    for index in (0, 255, 299, 300):
        assert proofs.proof_of(ada.organisation, index).standing is Standing.PROVEN
    said = queries.entry(ada, 300)
    assert said.kind == "audit:period:erase"
    assert said.payload is not None
    assert said.payload.detail == {"period": str(period_of(now_us()) - 1200)}
    assert retention.drop_expired(ada) == 0  # nothing is left to do, and nothing more is said


def test_an_organisation_may_keep_longer_and_not_shorter(ada: Viewer) -> None:
    recorded_years_ago(ada, 12, 2)
    retention.set_years(ada, 13)
    assert retention.years_of(ada.organisation) == 13
    assert retention.drop_expired(ada) == 0
    assert retention.first_kept(1) == retention.first_kept(6)
    retention.set_years(ada, 6)
    assert retention.drop_expired(ada) == 2


def test_what_a_kill_cut_short_is_finished(ada: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded_years_ago(ada, 12, 2)

    def killed(*_arguments: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(statements, "drop_payloads", killed)
        retention.drop_expired(ada)
    assert retention.expired(ada.organisation, 10) == {}
    assert retention.drop_expired(ada) == 2
    assert verify(ada.organisation).is_whole


def test_a_month_whose_order_was_lost_with_a_newer_copy_is_said_to_be_erased_anew(
    ada: Viewer,
) -> None:
    recorded_years_ago(ada, 12, 2)
    keys.shred(ada.organisation, list(retention.expired(ada.organisation, 10).values()))
    assert verify(ada.organisation).finding is not None
    assert retention.drop_expired(ada) == 2
    assert verify(ada.organisation).is_whole
    assert retention.drop_expired(ada) == 0
    writer.stop()
    kinds = [one.kind for one in queries.page_of_entries(ada).entries]
    assert kinds.count("audit:period:erase") == 1


def test_another_organisation_keeps_what_its_entries_say(ada: Viewer, cy: Viewer) -> None:
    for viewer in (ada, cy):
        recorded_years_ago(viewer, 12, 1)
    retention.drop_expired(ada)
    assert contents(cy)[0] is Content.READABLE


def test_entries_that_waited_in_the_outbox_count_by_their_own_time(ada: Viewer) -> None:
    with clock.moved(-12 * YEAR), wall.writing(ada.organisation):
        record(ada, OPEN)
    writer.start()
    writer.stop()
    assert retention.drop_expired(ada) == 1


@pytest.mark.scale
def test_postgresql_itself_drops_nothing_younger_and_nothing_of_others(
    ada: Viewer, cy: Viewer
) -> None:
    recorded_years_ago(ada, 1, 1)

    def drop(alias: str, whose: UUID, before: int) -> None:
        with (
            wall.writing(ada.organisation, using=alias),
            connections[alias].cursor() as cursor,
        ):
            cursor.execute("SELECT trail_drop_payloads(%s, %s)", [whose, before])

    with pytest.raises(DatabaseError, match="at least 6 years"):
        drop(store.SEQUENCER, ada.organisation, retention.first_kept(6) + 2)
    with pytest.raises(DatabaseError, match="another organisation"):
        drop(store.SEQUENCER, cy.organisation, 201001)
    with pytest.raises(DatabaseError, match="permission denied"):
        drop(store.ALIAS, ada.organisation, 201001)
