"""Pages in tests that do not look at style sheets: static files have their plain names."""

from pathlib import Path
from typing import Any

PLAIN = "django.contrib.staticfiles.storage.StaticFilesStorage"


def with_plain_static_files(settings: Any, folder: Path) -> None:
    """Let pages name static files that nobody has collected."""
    settings.STATIC_ROOT = str(folder)
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": PLAIN}}
