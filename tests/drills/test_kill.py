"""Drill: kill a server some hundred times while patients send (`make drill NAME=kill`).

`DRILL_KILLS` says how often, 300 unless given. On PostgreSQL: KEEPWELL_TEST_SETTING=scale.
"""

import os
from pathlib import Path

import pytest

from tests.drills import results
from tests.faults.parallel import check_what_is_left, go_on, scene
from tests.installed import installed
from tests.stores.scale import ScaleStores
from tests.stores.session import Stores

pytestmark = pytest.mark.drill
KILLS = int(os.environ.get("DRILL_KILLS", "300"))
WAYS = ("worker", "worker", "everything", "worker", "parent")


def test_a_server_killed_some_hundred_times_keeps_what_it_acknowledged(
    stores: Stores, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with installed(stores, tmp_path / "home") as place:
        with scene(place) as here:
            for number in range(KILLS):
                here.kill(WAYS[number % len(WAYS)])
            here.rest()
            go_on(here)
        check_what_is_left(here)
    engine = "PostgreSQL" if isinstance(stores, ScaleStores) else "SQLite"
    what = f"kill -9 of worker, parent or both on {engine}, {len(here.devices)} patients at once"
    result = (
        f"{here.kills} kills, {here.begun} requests, {len(here.acknowledged)} acknowledged, "
        f"each there once, {len(here.half)} of them begun before and sent after the kills; "
        "trail whole"
    )
    with capsys.disabled():
        print("\n" + results.line("kill", what, result))  # noqa: T201  the drill's result
