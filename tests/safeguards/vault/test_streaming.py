"""A long file passes through little memory, both ways, measured on a whole process."""

import json
import os
import subprocess
import sys
from uuid import UUID

from keepwell.safeguards.tenancy.models import Organisation
from tests.boundaries.shape import ROOT
from tests.drills.streaming import RANGES, Report
from tests.stores.session import Stores

MOST_BYTES = 100 * 10**6
LENGTH = 150 * 10**6 + 12_345  # more than the process may have


def streamed(organisation: UUID, stores: Stores, length: int) -> Report:
    """Stream so many bytes through a process of its own, and check what it found."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.drills.streaming", str(organisation), str(length)],
        env=os.environ
        | stores.environment()
        | {"DJANGO_SETTINGS_MODULE": "keepwell.config.settings"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = Report(**json.loads(done.stdout))
    assert (report.length, report.is_same, report.ranges) == (length, True, RANGES)
    assert report.peak_bytes <= MOST_BYTES
    return report


def test_a_file_longer_than_the_memory_of_its_process_is_sealed_and_opened(
    organisation: Organisation, stores: Stores
) -> None:
    streamed(organisation.id, stores, LENGTH)
    assert not list((stores.home / "blobs").rglob("*-*-*-*-*[0-9a-f]/??/*"))
