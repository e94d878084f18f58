"""Three real SQLite files for each worker, put back to their first state after each test."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.stores.home import clear_home, copy_home

FILES = ("data.sqlite3", "trail.sqlite3", "keys.sqlite3")


@dataclass(frozen=True, slots=True)
class EmbeddedStores:
    """The `embedded` setting: a data folder for this worker, copied from a migrated one."""

    folder: Path
    worker: str

    @property
    def home(self) -> Path:
        """Return the data folder of this worker."""
        return self.folder / self.worker

    @property
    def template(self) -> Path:
        """Return the migrated data folder that every worker copies."""
        return self.folder / "template"

    def environment(self) -> dict[str, str]:
        """Return what Keepwell's settings read in this worker."""
        return {"KEEPWELL_HOME": str(self.home)}

    def template_environment(self) -> dict[str, str]:
        """Return what they read while the template is migrated."""
        return {"KEEPWELL_HOME": str(self.template)}

    def start(self) -> None:
        """Make the template's folder with its empty files, as `keepwell init` does."""
        self.template.mkdir(mode=0o700)
        for name in FILES:
            (self.template / name).touch(mode=0o600)

    def open_worker(self) -> None:
        """Copy the template: its last connection has folded the WAL in."""
        copy_home(self.template, self.home)

    def restore(self) -> None:
        """Put the files back by SQLite's backup call, so connections that are open stay right."""
        for name in FILES:
            with (
                closing(sqlite3.connect(self.template / name)) as clean,
                closing(sqlite3.connect(self.home / name, timeout=20)) as used,
            ):
                used.execute("PRAGMA synchronous=OFF")
                clean.backup(used)
        clear_home(self.template, self.home)

    def close_worker(self) -> None:
        """Do nothing: no connection is kept."""

    def stop(self) -> None:
        """Do nothing: files need no server."""
