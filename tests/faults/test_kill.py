"""Kill -9 of real servers while patients send: what was acknowledged is there, exactly once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.parallel import check_what_is_left, go_on, scene
from tests.installed import Installed, installed
from tests.stores.session import Stores

WAYS = ("worker", "worker", "everything", "worker", "parent")


@pytest.fixture
def place(stores: Stores, tmp_path: Path) -> Iterator[Installed]:
    """Make an installation whose server may be killed."""
    with installed(stores, tmp_path / "home") as made:
        yield made


def test_what_was_acknowledged_is_there_once_after_every_kill(place: Installed) -> None:
    with scene(place) as here:
        for how in WAYS:
            here.kill(how)
        here.rest()
        go_on(here)
    assert here.half, "nobody stopped half-way"
    check_what_is_left(here)
