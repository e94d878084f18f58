"""One test session: its folder, its environment, and the stores that are made once and copied.

The controller (pytest itself, or the parent of xdist's workers) makes the folder and removes it.
Whoever needs stores first migrates the template, under a lock; every worker then copies it.
Nothing is made for tests that ask for no store.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import django
from django.conf import settings as django_settings

from tests.stores.embedded import EmbeddedStores
from tests.stores.scale import ScaleStores

PREFIX = "keepwell-tests-"
# Short, lower-case paths: PostgreSQL's sockets live there and travel as the host part of a URL.
MEMORY = Path("/dev/shm")  # noqa: S108  a folder of our own, mode 0700 or 0711, is made inside
DISK = Path("/tmp")  # noqa: S108
ROOM = 4 * 2**30
"""Bytes that memory has to have free: containers often get 64 MiB of it."""

Stores = EmbeddedStores | ScaleStores
SETTINGS: dict[str, type[EmbeddedStores] | type[ScaleStores]] = {
    "embedded": EmbeddedStores,
    "scale": ScaleStores,
}
SETTINGS_MODULE = "DJANGO_SETTINGS_MODULE"
PUBLISHED_COST: dict[str, int] = {}
"""What hashing a password costs in earnest, by the name of its parameter."""
# Told to xdist's workers. Not a KEEPWELL_ name: Keepwell refuses those that it does not know.
JOINED = "TESTS_OF_KEEPWELL"


@dataclass(frozen=True, slots=True)
class Session:
    """Where this process's stores are, and whether it is the one that cleans up."""

    folder: Path
    worker: str
    stores: Stores
    lock: int | None  # held by the controller as long as it lives

    def ready(self) -> None:
        """Migrate the template unless another worker has, then copy it for this worker."""
        with _locked(self.folder / "template.lock"):
            if not (self.folder / "migrated").exists():
                self.stores.start()
                _migrate(self.stores.template_environment())
                (self.folder / "migrated").touch()
        self.stores.open_worker()

    def end(self) -> None:
        """Close what this worker opened; the controller stops the server and removes the folder."""
        self.stores.close_worker()
        if self.lock is None:
            return
        self.stores.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self.lock)


def begin() -> Session:
    """Make or join the session, and set the environment that Keepwell's settings read."""
    if django_settings.configured:
        raise RuntimeError("Unset DJANGO_SETTINGS_MODULE: the tests choose the stores themselves.")
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    lock = None
    if worker is None:
        setting = os.environ.get("KEEPWELL_TEST_SETTING", "embedded")
        if setting not in SETTINGS:
            raise ValueError(f"KEEPWELL_TEST_SETTING is {setting!r}; expected embedded or scale.")
        _clear_leftovers()
        folder, lock = _make_folder()
        os.environ[JOINED] = f"{setting}:{folder}"
    setting, _, path = os.environ[JOINED].partition(":")
    stores = SETTINGS[setting](Path(path), worker or "main")
    _set_environment(stores.environment())
    return Session(Path(path), worker or "main", stores, lock)


def _set_environment(environment: dict[str, str]) -> None:
    """Let nothing of the developer's own Keepwell reach the tests."""
    for name in [name for name in os.environ if name.startswith("KEEPWELL_")]:
        del os.environ[name]
    os.environ.update(environment)


def load_settings() -> None:
    """Load Keepwell's settings, and leave no trace: a worker must first set its own environment."""
    os.environ[SETTINGS_MODULE] = "keepwell.config.settings"
    django.setup()
    del os.environ[SETTINGS_MODULE]
    _hash_quickly()


def _hash_quickly() -> None:
    """Let passwords cost little: most tests make five, and half their time would go there.

    The same algorithm, the same road. Every process that a test starts has the published cost.
    """
    from keepwell.safeguards.identity.passwords import Argon2id  # noqa: PLC0415  needs the settings

    for name, quick in (("time_cost", 1), ("memory_cost", 64)):
        PUBLISHED_COST[name] = getattr(Argon2id, name)
        setattr(Argon2id, name, quick)


def _parent() -> Path:
    """Return where the folder is made: in memory if there is plenty, for no test pulls the plug.

    What kill -9 leaves behind is the same there; only commits do not wait for a disk.
    """
    with contextlib.suppress(OSError):
        found = os.statvfs(MEMORY)
        is_usable = os.access(MEMORY, os.W_OK | os.X_OK) and not found.f_flag & os.ST_NOEXEC
        if is_usable and found.f_bavail * found.f_frsize >= ROOM:
            return MEMORY
    return DISK


def _make_folder() -> tuple[Path, int]:
    """Make the folder under another name until its lock is held, or a neighbour clears it away."""
    parent = _parent()
    unseen = Path(tempfile.mkdtemp(prefix=f".{PREFIX}", dir=parent))
    lock = os.open(unseen / "alive.lock", os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return unseen.rename(parent / unseen.name.removeprefix(".")), lock


def _clear_leftovers() -> None:
    """Stop and remove sessions of ours whose controller was killed: its lock is free again."""
    for folder in (*MEMORY.glob(f"{PREFIX}*"), *DISK.glob(f"{PREFIX}*")):
        # An OSError: somebody else's, still alive, or just cleared away by a neighbour.
        with contextlib.suppress(OSError), (folder / "alive.lock").open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            ScaleStores(folder, "main").stop()
            shutil.rmtree(folder)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _migrate(environment: dict[str, str]) -> None:
    result = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.stores.migrated"],
        env=os.environ | environment | {SETTINGS_MODULE: "keepwell.config.settings"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        raise RuntimeError(f"The template stores could not be migrated:\n{result.stderr}")
