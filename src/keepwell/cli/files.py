"""The files of the three stores on SQLite: made together once, and never a second time.

A store that is missing beside others was moved, deleted, or lies on a disk that is not mounted.
An empty one in its place would look like an installation in which nothing ever happened.
"""

from pathlib import Path

from django.db import connections

from keepwell.cli import folder
from keepwell.cli.refusal import Refusal


def make() -> None:
    """Make the empty files of a new installation; refuse when some of an older one are missing.

    All are made before any gets tables: so an interrupted start is no missing file.
    """
    refuse_missing()
    for path in _files():
        path.touch(mode=0o600, exist_ok=True)


def refuse_missing() -> None:
    """Refuse an installation of which a file is missing, or empty after the first start."""
    files = _files()
    was_made = (folder.home() / "root.key").exists()  # the last thing that is made
    if not was_made and not any(_has_content(path) for path in files):
        return
    missing = [path for path in files if not path.exists()]
    if was_made:
        missing = [path for path in files if not _has_content(path)]
    if missing:
        raise Refusal(
            f"{missing[0]} is missing or empty, although this folder was in use. Put the file back "
            "(with its -wal file, if there is one) or mount its disk, or restore the whole folder "
            "from one copy; nothing was made in its place."
        )


def _files() -> list[Path]:
    stores = [connections[alias] for alias in connections]
    return [Path(store.settings_dict["NAME"]) for store in stores if store.vendor == "sqlite"]


def _has_content(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0
