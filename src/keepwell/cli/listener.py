"""The listening sockets: taken alone, and handed from one worker to the next without a gap.

When a worker is replaced, each of the two has a socket of its own at the same address
(SO_REUSEPORT), and a one-line program tells the kernel which of them gets new connections. The old
worker ends when nothing waits for it any more; a socket shared by both would hand it connections to
the last moment, and a connection whose first byte has not come is dropped at the end.
"""

import contextlib
import ctypes
import errno
import ipaddress
import socket
import struct
from dataclasses import dataclass

from django.conf import settings

from keepwell.cli.refusal import Refusal

BACKLOG = 1024
_SO_ATTACH_REUSEPORT_CBPF = 51  # asm-generic/socket.h
_BPF_RETURN_CONSTANT = 0x06


@dataclass(frozen=True, slots=True)
class Place:
    """An address to listen on, and the settings that say so."""

    host: str
    port: int
    host_setting: str
    port_setting: str


def patients_place() -> Place:
    """Return where patients' pages are served, and staff's too unless they have a place."""
    host, port = settings.KEEPWELL_HOST, settings.KEEPWELL_PORT
    return Place(host, port, "KEEPWELL_HOST", "KEEPWELL_PORT")


def staff_place() -> Place | None:
    """Return where staff pages alone are served; None when they share the patients' listener."""
    host, port = settings.KEEPWELL_STAFF_HOST, settings.KEEPWELL_STAFF_PORT
    return Place(host, port, "KEEPWELL_STAFF_HOST", "KEEPWELL_STAFF_PORT") if host else None


def listen(place: Place) -> socket.socket:
    """Take the address, or refuse with a sentence: busy, not ours, or not known."""
    host, port = place.host, place.port
    try:
        family, address = _resolved(place)
        # Without SO_REUSEPORT this fails beside any listener, another Keepwell included.
        socket.create_server(address, family=family).close()
        return _create(address, family)
    except PermissionError as error:
        raise Refusal(
            f"Port {port} may not be used by this account. Set {place.port_setting}."
        ) from error
    except OSError as error:
        reason = error.strerror or str(error)
        advice = f"Stop what uses the port, or set {place.port_setting}."
        if error.errno == errno.EADDRNOTAVAIL:
            advice = f"Is its network up? Otherwise set {place.host_setting} to one that is here."
        raise Refusal(
            f"Keepwell cannot listen on {host} port {port}: {reason}. {advice}"
        ) from error


def _resolved(place: Place) -> tuple[socket.AddressFamily, tuple[str, int]]:
    try:
        family, _, _, _, address = socket.getaddrinfo(
            place.host, place.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise Refusal(
            f"{place.host_setting} {place.host} is not known here: {error.strerror}."
        ) from error
    return family, (str(address[0]), place.port)


def described(place: Place) -> str:
    """Return the address and who can reach it, for the operator."""
    return f"{place.host} port {place.port} ({_reach(place)})"


def is_wide(place: Place) -> bool:
    """Tell whether more than a private network can reach the place, as far as addresses say."""
    address = _address(place)
    return address.is_unspecified or address.is_global


def way_to(place: Place) -> str:
    """Return the address by which this machine itself reaches the place."""
    address = _address(place)
    if not address.is_unspecified:
        return str(address)
    return "127.0.0.1" if address.version == 4 else "::1"


def _reach(place: Place) -> str:
    address = _address(place)
    if address.is_unspecified:
        return "every address of this machine"
    if address.is_loopback:
        return "this machine only"
    return "a public address" if address.is_global else "a private address"


def _address(place: Place) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.ip_address(_resolved(place)[1][0])


def _create(address: tuple[str, int], family: int) -> socket.socket:
    made = socket.create_server(address, family=family, backlog=BACKLOG, reuse_port=True)
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
