"""Workers are killed while they work: every job is done, and its effect is there once."""

from tests.jobs.killing import check, put_and_kill
from tests.stores.session import Stores


def test_workers_killed_at_random_leave_each_effect_once(stores: Stores) -> None:
    check(put_and_kill(stores, jobs=30, kills=2, lease_seconds=3.0, size=2))
