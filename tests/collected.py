"""Static files as they are served: collected, bundled and hashed, once a process.

They stand beside the data folder, because what a test adds to that is removed after it.
"""

import os
from functools import cache
from pathlib import Path
from typing import Any

from django.test import override_settings

from keepwell.cli import statics
from tests.stores.session import JOINED


@cache
def _root() -> Path:
    root = Path(os.environ[JOINED].partition(":")[2]) / f"static-{os.getpid()}"
    with override_settings(STATIC_ROOT=str(root)):
        statics.collect()
    return root


def with_collected_static_files(settings: Any) -> Path:
    """Let pages of this test name static files that were really collected."""
    settings.STATIC_ROOT = str(_root())
    return _root()
