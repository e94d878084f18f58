"""The listening socket: taken alone, and handed from one worker to the next without a gap.

When a worker is replaced, each of the two has a socket of its own at the same address
(SO_REUSEPORT), and a one-line program tells the kernel which of them gets new connections. The old
worker ends when nothing waits for it any more; a socket shared by both would hand it connections to
the last moment, and a connection whose first byte has not come is dropped at the end.
"""

import contextlib
import ctypes
import socket
import struct

from keepwell.cli.refusal import Refusal

BACKLOG = 1024
_SO_ATTACH_REUSEPORT_CBPF = 51  # asm-generic/socket.h
_BPF_RETURN_CONSTANT = 0x06


def listen(host: str, port: int) -> socket.socket:
    """Take the address, or refuse with a sentence: busy, not ours, or not known."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        # Without SO_REUSEPORT this fails beside any listener, another Keepwell included.
        socket.create_server(address[:2], family=family).close()
        return _create(address, family)
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


def _create(address: tuple[object, ...], family: int) -> socket.socket:
    made = socket.create_server(address[:2], family=family, backlog=BACKLOG, reuse_port=True)
    steer(made, 0)
    return made


def is_loopback(listener: socket.socket) -> bool:
    """Tell whether only this machine can reach the listener."""
    address = str(listener.getsockname()[0])
    return address == "::1" or address.startswith("127.")


def another(listener: socket.socket) -> socket.socket:
    """Open a second socket at the same address; it gets nothing until it is steered to."""
    return socket.create_server(
        listener.getsockname()[:2], family=listener.family, backlog=BACKLOG, reuse_port=True
    )


def steer(listener: socket.socket, number: int) -> None:
    """Send new connections of this address to its oldest (0) or second (1) socket.

    A kernel that cannot (only Linux can) spreads them over both.
    """
    program = ctypes.create_string_buffer(struct.pack("=HBBI", _BPF_RETURN_CONSTANT, 0, 0, number))
    pointer = struct.pack("HP", 1, ctypes.addressof(program))  # struct sock_fprog
    with contextlib.suppress(OSError):
        listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_REUSEPORT_CBPF, pointer)
