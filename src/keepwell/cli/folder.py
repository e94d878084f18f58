"""The data folder: made for its owner only, locked by the one server that uses it."""

import fcntl
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from keepwell.cli.refusal import Refusal
from keepwell.cli.terminal import warn

SECRET_FILE = "secret.key"  # noqa: S105  a file name
RENEWED = "nobody is signed out, but every browser counts as one never seen before."
DEMO_FILE = "demo.json"
LOCK_FILE = "serve.lock"
LOCK_SECONDS = 10  # a server that was killed leaves a worker, which ends within its kill timeout


def home() -> Path:
    """Return the data folder."""
    return Path(settings.KEEPWELL_HOME)


def is_installed() -> bool:
    """Tell whether this folder holds an installation."""
    return any((home() / name).exists() for name in (SECRET_FILE, "root.key", "data.sqlite3"))


def is_demo() -> bool:
    """Tell whether this folder holds the demonstration clinic."""
    return (home() / DEMO_FILE).exists()


def make() -> None:
    """Make the folder and Django's secret in it, where missing."""
    folder = home()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("blobs", "mail", "tls"):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
        _make_secret(folder / SECRET_FILE)
    except OSError as error:
        raise _unusable(folder, error) from error
    check()


def _make_secret(path: Path) -> None:
    """Make the secret that signs what browsers remember, once and again when it was lost."""
    if not path.exists():
        is_lost = is_installed()
        write_private(path, secrets.token_urlsafe(50) + "\n")
        if is_lost:
            warn(f"{path} was missing and was made anew: {RENEWED}")
    # The settings were read before there was a secret; this process signs with the one that stays.
    settings.SECRET_KEY = path.read_text(encoding="ascii").strip()


def check_secret() -> None:
    """Refuse an installation without the secret (a damaged one stops every command by itself)."""
    path = home() / SECRET_FILE
    if not path.exists():
        raise Refusal(f"{path} is missing; keepwell serve makes a new one: {RENEWED}")


def write_private(path: Path, text: str) -> None:
    """Write a file that its owner alone may read, whole or not at all."""
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def check() -> None:
    """Refuse a folder that cannot be used or that others may read."""
    folder = home()
    try:
        mode = folder.stat().st_mode
        usable = stat.S_ISDIR(mode) and os.access(folder, os.R_OK | os.W_OK | os.X_OK)
    except OSError as error:
        raise _unusable(folder, error) from error
    if not usable:
        raise _unusable(folder, PermissionError("not a folder this user may read and write"))
    if mode & 0o077:
        raise Refusal(
            f"The data folder {folder} can be read by other users of this machine "
            f"(mode {stat.S_IMODE(mode):04o}). Run: chmod 700 {folder}"
        )


def _unusable(folder: Path, error: OSError) -> Refusal:
    reason = error.strerror or str(error)
    return Refusal(
        f"The data folder {folder} cannot be used: {reason}. Set KEEPWELL_HOME to a folder of "
        "your own, or run Keepwell as the user who owns it."
    )


@contextmanager
def held() -> Iterator[None]:
    """Hold the folder, so that no second server uses it; its workers inherit the hold."""
    with (home() / LOCK_FILE).open("a+", encoding="ascii") as file:
        _lock(file.fileno())
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _lock(descriptor: int) -> None:
    for _ in range(LOCK_SECONDS * 10):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if _is_alive(_holder()):
                break
            time.sleep(0.1)
        else:
            return
    raise Refusal(
        f"The data folder {home()} is already served by process {_holder()}. Stop that one first, "
        "or set KEEPWELL_HOME to another folder."
    )


def _holder() -> int:
    text = (home() / LOCK_FILE).read_text(encoding="ascii").strip()
    return int(text) if text.isdigit() else 0


def _is_alive(process: int) -> bool:
    """Tell whether the supervisor lives; if not, its worker holds the folder for a last moment."""
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except OSError:
        return False
    return process > 0
