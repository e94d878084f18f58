"""Tests of the frame look at real static files."""

from pathlib import Path
from typing import Any

import pytest

from tests.collected import with_collected_static_files


@pytest.fixture(autouse=True)
def static_files(settings: Any) -> Path:
    """Collect what `keepwell serve` collects."""
    return with_collected_static_files(settings)
