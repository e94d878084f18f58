"""The wait before the next try: twice as long each time, up to an hour, spread by chance."""

from datetime import timedelta

import pytest

from keepwell.jobs.backoff import pause


@pytest.mark.parametrize(
    ("attempts", "chance", "seconds"),
    [(1, 1.0, 10), (1, 0.0, 5), (2, 1.0, 20), (5, 1.0, 160), (5, 0.5, 120), (30, 1.0, 3600)],
)
def test_the_wait_doubles_up_to_an_hour(attempts: int, chance: float, seconds: int) -> None:
    assert pause(attempts, chance) == timedelta(seconds=seconds)


def test_the_wait_of_a_very_old_job_is_still_an_hour_at_most() -> None:
    assert pause(10_000, 1.0) == timedelta(hours=1)
