"""The mail server an operator chose, from KEEPWELL_SMTP_ variables; nonsense is refused loudly."""

import ipaddress
import os
import re
from collections.abc import Mapping
from pathlib import Path

from keepwell.config.environment import SettingError
from keepwell.safeguards.mail.servers import PORTS, Server, Tls

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?|[0-9A-Fa-f:.]+")
_ADDRESS = re.compile(r"[^@\s<>,\"]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_OTHERS = ("PORT", "TLS", "USER", "PASSWORD", "CA")


def read(environ: Mapping[str, str] = os.environ) -> Server | None:
    """Return the server; None while KEEPWELL_SMTP_HOST is not set. Raises SettingError."""
    host = environ.get("KEEPWELL_SMTP_HOST", "")
    if not host:
        _refuse_without_host(environ)
        return None
    if not _HOST.fullmatch(host):
        raise SettingError("KEEPWELL_SMTP_HOST", host, "give a name such as mail.clinic.example.")
    tls = _tls(environ, host)
    user, password = _account(environ)
    return Server(
        host=host,
        port=_port(environ, tls),
        tls=tls,
        user=user,
        password=password,
        ca_file=_ca_file(environ),
    )


def sender(environ: Mapping[str, str] = os.environ, *, host: str) -> str:
    """Return whom mail comes from: the address that was set, or one at the staff's host."""
    address = environ.get("KEEPWELL_SMTP_FROM", "") or f"keepwell@{host}"
    if not _ADDRESS.fullmatch(address):
        right = "give one address, such as keepwell@clinic.example."
        raise SettingError("KEEPWELL_SMTP_FROM", address, right)
    return f"Keepwell <{address}>"


def _refuse_without_host(environ: Mapping[str, str]) -> None:
    for name in _OTHERS:
        variable = f"KEEPWELL_SMTP_{name}"
        if environ.get(variable):
            shown = "…" if name == "PASSWORD" else environ[variable]
            raise SettingError(variable, shown, "set KEEPWELL_SMTP_HOST to the server it is for.")


def _tls(environ: Mapping[str, str], host: str) -> Tls:
    value = environ.get("KEEPWELL_SMTP_TLS") or Tls.STARTTLS.value
    try:
        tls = Tls(value)
    except ValueError as error:
        right = "give starttls, implicit, or none for a relay on this machine."
        raise SettingError("KEEPWELL_SMTP_TLS", value, right) from error
    if tls is Tls.NONE and not _is_loopback(host):
        right = f"mail to {host} would leave this machine in clear text. Use starttls or implicit."
        raise SettingError("KEEPWELL_SMTP_TLS", value, right)
    return tls


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _port(environ: Mapping[str, str], tls: Tls) -> int:
    value = environ.get("KEEPWELL_SMTP_PORT") or str(PORTS[tls])
    if value.isascii() and value.isdigit() and 1 <= int(value) <= 65535:
        return int(value)
    right = "give a number from 1 to 65535, such as 587."
    raise SettingError("KEEPWELL_SMTP_PORT", value, right)


def _account(environ: Mapping[str, str]) -> tuple[str, str]:
    user = environ.get("KEEPWELL_SMTP_USER", "")
    password = environ.get("KEEPWELL_SMTP_PASSWORD", "")
    if bool(user) != bool(password):
        missing = "KEEPWELL_SMTP_PASSWORD" if user else "KEEPWELL_SMTP_USER"
        raise SettingError(missing, "", "name and password belong together: set both or neither.")
    return user, password


def _ca_file(environ: Mapping[str, str]) -> Path | None:
    value = environ.get("KEEPWELL_SMTP_CA", "")
    path = Path(value).expanduser().absolute() if value else None
    if path is not None and not path.is_file():
        raise SettingError("KEEPWELL_SMTP_CA", value, "name a PEM file that exists.")
    return path
