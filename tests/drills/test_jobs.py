"""Drill: kill -9 of workers while 600 jobs are done (`make drill NAME=jobs`).

On PostgreSQL: KEEPWELL_TEST_SETTING=scale.
"""

import pytest

from keepwell.jobs.leases import LEASE_SECONDS
from tests.drills import results
from tests.jobs.killing import check, put_and_kill
from tests.stores.scale import ScaleStores
from tests.stores.session import Stores

pytestmark = pytest.mark.drill
JOBS, KILLS = 600, 10


def test_six_hundred_jobs_survive_ten_kills(
    stores: Stores, capsys: pytest.CaptureFixture[str]
) -> None:
    again = check(put_and_kill(stores, jobs=JOBS, kills=KILLS, lease_seconds=LEASE_SECONDS))
    engine = "PostgreSQL" if isinstance(stores, ScaleStores) else "SQLite"
    what = f"kill -9 of one of 3 worker processes at random moments on {engine}"
    result = (
        f"{JOBS} jobs, {KILLS} kills, {JOBS} effects, none twice; {again} jobs were begun again "
        f"when their lease of {LEASE_SECONDS:.0f} s had run out"
    )
    with capsys.disabled():
        print("\n" + results.line("jobs", what, result))  # noqa: T201  the drill's result
