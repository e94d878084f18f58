"""A file that is away is an error and comes back by itself; it is never made anew.

SQLite makes a missing file when it is opened: a folder whose disk was not mounted would begin an
empty store beside a full trail. And a connection goes on with a file that was moved or replaced
under it: what it commits is acknowledged and lost. So the file is opened only if it exists
(`mode=rw`; `keepwell init` makes it), and is looked at before each use and each commit.
"""

import contextlib
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db.backends.sqlite3 import base as sqlite
from django.db.backends.sqlite3 import operations
from django.db.utils import OperationalError

from keepwell.toolkit.identifiers import uuid_from_hex

_NO_FILE = (":memory:", "file:")


class DatabaseOperations(operations.DatabaseOperations):
    """SQLite's conversions, with a quicker one for ids."""

    def convert_uuidfield_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        """Return the id that a column holds as 32 digits."""
        return None if value is None else uuid_from_hex(value)


class DatabaseWrapper(sqlite.DatabaseWrapper):
    """SQLite on a file that somebody else has made."""

    ops_class = DatabaseOperations

    _patience: float | None = None  # as set on the open connection, when not by the settings
    _opened: tuple[int, int] | None = None  # device and number of the file of the open connection

    def get_connection_params(self) -> dict[str, Any]:
        """Name the file in a way that does not make it (https://sqlite.org/uri.html)."""
        parameters: dict[str, Any] = super().get_connection_params()
        if path := self._path():
            parameters["database"] = f"file:{quote(str(path))}?mode=rw"
        return parameters

    def connect(self) -> None:
        """Open the file that is there now."""
        self._opened, self._patience = self._present(), None
        super().connect()

    def ensure_connection(self) -> None:
        """Open the file, anew when another has taken its place; OperationalError if it is away."""
        if self.connection is not None and not self.in_atomic_block:
            self._let_go_of_another()
        super().ensure_connection()

    def close_if_unusable_or_obsolete(self) -> None:
        """Close it between requests, when nobody is there to be told that the file is away."""
        with contextlib.suppress(OperationalError):
            super().close_if_unusable_or_obsolete()

    def wait_at_most(self, seconds: float) -> None:
        """Let a statement fail that waits for so long for the file's one write lock."""
        self.ensure_connection()
        if self._patience != seconds:
            self.connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
            self._patience = seconds

    def _let_go_of_another(self) -> None:
        try:
            is_another = self._present() != self._opened
        except OperationalError:
            self.close()
            raise
        if is_another:
            self.close()

    def _commit(self) -> None:
        if self.connection is not None and self._present() != self._opened:
            raise OperationalError(f"{self._path()} was replaced while it was written to")
        super()._commit()  # type: ignore[misc]  # Django's, which its stubs do not know

    def _path(self) -> Path | None:
        name = str(self.settings_dict["NAME"])
        return None if name.startswith(_NO_FILE) else Path(name)

    def _present(self) -> tuple[int, int] | None:
        """Return which file has our name, or None when the store has none; it must be there."""
        name = str(self.settings_dict["NAME"])
        if name.startswith(_NO_FILE):
            return None
        try:
            status = os.stat(name)  # noqa: PTH116  five times a request: a Path costs three of these
        except OSError as error:
            raise OperationalError(f"{name}: {error.strerror}") from error
        return status.st_dev, status.st_ino
