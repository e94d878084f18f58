"""A real pgbouncer before the tests' PostgreSQL: transaction mode, one server connection a pool."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PORT = 6432
ROLES = ("keepwell_app", "keepwell_sequencer")
PLACES = "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"
SETTINGS = """
[databases]
* = host={server} port=5432

[pgbouncer]
unix_socket_dir = {folder}
listen_addr =
listen_port = {port}
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = 1
ignore_startup_parameters = extra_float_digits
logfile = {folder}/log
pidfile = {folder}/pid
"""


class PoolerMissing(RuntimeError):  # noqa: N818  names the fact
    """The system has no pgbouncer: `make system-packages` installs it."""


@contextmanager
def pooling(sockets: Path) -> Iterator[Path]:
    """Run a pooler before the server whose sockets are there; yield its own socket's folder."""
    program = shutil.which("pgbouncer", path=PLACES)
    if program is None:
        raise PoolerMissing("Run make system-packages: the wall is tried behind pgbouncer.")
    folder = Path(tempfile.mkdtemp(prefix="kw-pooler-", dir="/tmp"))
    text = SETTINGS.format(server=sockets, folder=folder, port=PORT)
    (folder / "ini").write_text(text, encoding="ascii")
    (folder / "users").write_text("".join(f'"{role}" ""\n' for role in ROLES), encoding="ascii")
    user = None
    if os.geteuid() == 0:  # it refuses to run as root; the tests' server is nobody's too
        user = "nobody"
        for path in (folder, folder / "ini", folder / "users"):
            os.chown(path, pwd.getpwnam(user).pw_uid, -1)
    process = subprocess.Popen(
        [program, "--quiet", str(folder / "ini")], user=user, env={"PATH": PLACES}
    )
    try:
        _wait_for(folder / f".s.PGSQL.{PORT}", process)
        yield folder
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder)


def _wait_for(socket: Path, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 20
    while not socket.exists():
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError("pgbouncer did not start.")
        time.sleep(0.05)
