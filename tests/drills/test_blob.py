"""Drill: ten gigabytes sealed and opened in at most 100 MB of memory (`make drill NAME=blob`).

`DRILL_GB` says how many, 10 unless given; so much must be free where temporary files go, twice.
A small run of the same program belongs to the suite: tests/safeguards/vault/test_streaming.py.
"""

import os

import pytest

from keepwell.safeguards.tenancy.models import Organisation
from tests.drills import results
from tests.safeguards.vault.test_streaming import MOST_BYTES, streamed
from tests.stores.session import Stores

pytestmark = pytest.mark.drill
GB = int(os.environ.get("DRILL_GB", "10"))


def test_ten_gigabytes_pass_through_little_memory(
    organisation: Organisation, stores: Stores, capsys: pytest.CaptureFixture[str]
) -> None:
    report = streamed(organisation.id, stores, GB * 10**9 + 12_345)
    result = (
        f"peak {report.peak_bytes / 10**6:.0f} MB of at most {MOST_BYTES // 10**6}; same digest; "
        f"{report.ranges} ranges right; sealed in {report.seal_seconds:.0f} s, opened in "
        f"{report.open_seconds:.0f} s (both with a SHA-256 of the whole beside)"
    )
    with capsys.disabled():
        what = f"{GB} GB sealed into one file, opened, read in ranges, in one process"
        print("\n" + results.line("blob", what, result))  # noqa: T201  the drill's result
