"""What the system check says about paths, in sentences."""

from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.test import override_settings


@pytest.mark.parametrize(
    ("key", "blobs", "expected"),
    [
        ("/data/root.key", "/data/blobs", []),
        ("root.key", "/data/blobs", ["vault.E001"]),
        ("/data/root.key", "blobs", ["vault.E001"]),
        ("/data/blobs/root.key", "/data/blobs", ["vault.E002"]),
    ],
)
def test_paths_that_would_lose_the_root_key_are_refused(
    key: str, blobs: str, expected: list[str]
) -> None:
    with override_settings(KEEPWELL_ROOT_KEY=Path(key), KEEPWELL_BLOBS=Path(blobs)):
        found = [finding for finding in run_checks() if str(finding.id).startswith("vault.")]
    assert [finding.id for finding in found] == expected
    assert all(finding.msg.endswith(".") for finding in found)
