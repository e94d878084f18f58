"""Granian in this process: one parent that supervises the web worker (design.md, "Processes").

Two things differ from Granian's own command. The listening socket is ours and shared by workers old
and new, so no connection waits in a queue that closes when a worker is replaced (each worker's own
socket, the default, resets those), and a second server on the same port is refused by the kernel.
And a certificate is tried before workers are replaced, so a bad one never ends a working server.
"""

import contextlib
import multiprocessing
import os
import signal
import socket
from collections.abc import Callable
from typing import Any

from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings, HTTP2Settings
from granian.log import LogLevels
from granian._granian import SocketHolder  # type: ignore[attr-defined]  # missing in its stub
from granian.server.mp import MPServer

from keepwell.cli import tls
from keepwell.cli.refusal import Refusal
from keepwell.cli.terminal import warn

HEADER_BYTES = 16 * 1024
HEADER_TIMEOUT_MS = 2_000
KILL_SECONDS = 3
BACKPRESSURE = 4096
BACKLOG = 1024
OVERLAP_SECONDS = 2.0  # old and new worker answer side by side while the new one warms up
# Levels only: the application's own configuration, and with it every handler, stays.
_LOGGING = {"incremental": True, "formatters": {}, "handlers": {}, "loggers": {}}


def listen(host: str, port: int) -> socket.socket:
    """Take the address, or refuse with a sentence: busy, not ours, or not known."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except socket.gaierror as error:
        raise Refusal(f"KEEPWELL_HOST {host} is not known here: {error.strerror}.") from error
    except PermissionError as error:
        raise Refusal(f"Port {port} may not be used by this account. Set KEEPWELL_PORT.") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise Refusal(
            f"Keepwell cannot listen on {host} port {port}: {reason}. Stop what uses the port, or "
            "set KEEPWELL_PORT."
        ) from error


def is_loopback(listener: socket.socket) -> bool:
    """Tell whether only this machine can reach the listener."""
    address = str(listener.getsockname()[0])
    return address == "::1" or address.startswith("127.")


class Supervisor(MPServer):
    """Granian's parent process, on our socket and careful with certificates."""

    def __init__(self, root: str, listener: socket.socket, files: tls.Served) -> None:
        multiprocessing.set_start_method("fork", force=True)  # workers inherit the socket
        self._listener = listener
        self._files = files
        address = listener.getsockname()
        super().__init__(
            root,
            address=address[0],
            port=address[1],
            interface=Interfaces.ASGI,
            http=HTTPModes.auto,
            websockets=False,
            backlog=BACKLOG,
            backpressure=BACKPRESSURE,
            http1_settings=HTTP1Settings(
                header_read_timeout=HEADER_TIMEOUT_MS, max_buffer_size=HEADER_BYTES
            ),
            http2_settings=HTTP2Settings(max_headers_size=HEADER_BYTES),
            log_level=LogLevels.warning,
            log_dictconfig=_LOGGING,
            ssl_cert=files.certificate,
            ssl_key=files.key,
            ssl_protocol_min=SSLProtocols.tls12,
            respawn_failed_workers=True,
            respawn_interval=OVERLAP_SECONDS,
            workers_kill_timeout=KILL_SECONDS,
        )

    def _init_shared_socket(self) -> None:
        self._ssp: Any = None
        self._sso: Any = self._listener
        self._sfd: Any = self._listener.fileno()
        self._shd: Any = SocketHolder(self._sfd, False, BACKLOG)  # noqa: FBT003  not a Unix socket

    def _reload(self, spawn_target: Any, target_loader: Any) -> None:
        try:
            tls.check(self._files)
        except Refusal as refusal:
            warn(f"keepwell: {refusal} The certificate of before is still served.")
            self.reload_signal = False
            self.main_loop_interrupt.clear()
        else:
            for worker in self.wrks:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(worker.inner.pid, signal.SIGUSR1)  # asks its clients to connect anew
            super()._reload(spawn_target, target_loader)  # type: ignore[no-untyped-call]


def serve(root: str, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; `ready` is called when connections are taken."""
    supervisor = Supervisor(root, listener, tls.served())
    supervisor.on_startup(ready)
    supervisor.serve()
