"""What an operator may choose, read from environment variables; nonsense is refused loudly."""

import ipaddress
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from keepwell.safeguards.access.ranges import unmapped

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_AS_OWNER = "as its owner, for keepwell init, database setup and demo"

# Variable: what it means, in the words of docs/reference/settings.md. A variable that begins like
# ours and is not here is a typing mistake, and a safeguard believed to be on would be off.
VARIABLES = {
    "KEEPWELL_HOME": "the data folder",
    "KEEPWELL_HOST": "the address to listen on",
    "KEEPWELL_PORT": "the port to listen on",
    "KEEPWELL_STAFF_HOST": "the address of a listener of its own for staff pages",
    "KEEPWELL_STAFF_PORT": "the port of that listener",
    "KEEPWELL_PUBLIC_URL": "the address patients use",
    "KEEPWELL_STAFF_URL": "the address staff use",
    "KEEPWELL_TLS_CERT": "your own certificate chain",
    "KEEPWELL_TLS_KEY": "the key of your own certificate",
    "KEEPWELL_PROXIES": "the networks of your reverse proxies",
    "KEEPWELL_SMTP_HOST": "the mail server",
    "KEEPWELL_SMTP_PORT": "the port of the mail server",
    "KEEPWELL_SMTP_TLS": "how the way to the mail server is encrypted",
    "KEEPWELL_SMTP_USER": "the name to sign in to the mail server with",
    "KEEPWELL_SMTP_PASSWORD": "the password that belongs to it",
    "KEEPWELL_SMTP_FROM": "the address that mail comes from",
    "KEEPWELL_SMTP_CA": "the authority of the mail server's certificate",
    "KEEPWELL_CHECKPOINTS": "the folder where signed heads of the trail are kept elsewhere",
    "KEEPWELL_DATA_DB": "the PostgreSQL database of the data",
    "KEEPWELL_TRAIL_DB": "the PostgreSQL database of the trail",
    "KEEPWELL_KEYS_DB": "the PostgreSQL database of the keys",
    "KEEPWELL_KEYSTORE_BACKUP_DAYS": "how many days you keep copies of the keys",
    "KEEPWELL_SECOND_STEP_WAIT_MINUTES": "how long the link to a new second step stays shut",
    "KEEPWELL_SEQUENCER_DB": "the trail database as the role that adds to the log",
    "KEEPWELL_OWNER_DATA_DB": f"the data database {_AS_OWNER}",
    "KEEPWELL_OWNER_TRAIL_DB": f"the trail database {_AS_OWNER}",
    "KEEPWELL_OWNER_KEYS_DB": f"the keys database {_AS_OWNER}",
}
STORES = {"default": "DATA", "trail": "TRAIL", "keys": "KEYS"}
SEQUENCER = "SEQUENCER"  # the trail's store once more, as another role: no store of its own
FILES = {"default": "data.sqlite3", "trail": "trail.sqlite3", "keys": "keys.sqlite3"}
HIDDEN = "…"  # stands where a value would be that may hold a password
LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]")
_DATABASE_OPTIONS = ("connect_timeout", "sslcert", "sslkey", "sslmode", "sslrootcert")
_HOST_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,62})(\.[A-Za-z0-9-]{1,63})*")


class SettingError(ImproperlyConfigured):
    """An environment variable holds something Keepwell cannot use; the text is for the operator."""

    def __init__(self, variable: str, value: str, right: str) -> None:
        super().__init__(f"{variable} is {value!r}, which cannot be used: {right}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The operator's choices."""

    home: Path
    host: str
    port: int
    staff_host: str | None  # None: staff pages have no listener of their own
    staff_port: int
    public_url: str
    staff_url: str
    tls_certificate: Path | None
    tls_key: Path | None
    proxies: tuple[Network, ...]
    databases: dict[str, dict[str, Any]]
    owners: dict[str, dict[str, Any]]
    secret_key: str
    root_key: Path
    keystore_backup_days: int
    second_step_wait_minutes: int
    allowed_hosts: list[str]
    checkpoints: Path | None


def read(environ: Mapping[str, str] = os.environ) -> Environment:
    """Read and check the operator's choices; raise SettingError with a sentence."""
    _refuse_unknown(environ)
    home = _home(environ)
    host, port = _host("KEEPWELL_HOST", environ), _port("KEEPWELL_PORT", environ, "8443")
    staff_host, staff_port = _staff_listener(environ, host, port)
    public_url = _public_url(environ, host, port)
    staff_url = _staff_url(environ, public_url, staff_host, staff_port)
    certificate, key = _tls(environ)
    return Environment(
        home=home,
        host=host,
        port=port,
        staff_host=staff_host,
        staff_port=staff_port,
        public_url=public_url,
        staff_url=staff_url,
        tls_certificate=certificate,
        tls_key=key,
        proxies=_proxies(environ),
        databases=_databases(environ, home),
        owners=_owners(environ),
        secret_key=_secret_key(home),
        root_key=home / "root.key",
        keystore_backup_days=_keystore_backup_days(environ),
        second_step_wait_minutes=_second_step_wait_minutes(environ),
        allowed_hosts=_allowed_hosts(public_url, staff_url, has_doors=staff_host is not None),
        checkpoints=_checkpoints(environ),
    )


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    for name in environ:
        if name.startswith("KEEPWELL_") and name not in VARIABLES:
            # Its value may be a password meant for the setting whose name was mistyped.
            raise SettingError(
                name, HIDDEN, f"there is no such setting. Known: {', '.join(VARIABLES)}."
            )


def _home(environ: Mapping[str, str]) -> Path:
    value = environ.get("KEEPWELL_HOME", "")
    if value:
        return Path(value).expanduser().absolute()
    base = environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base).absolute() / "keepwell"


def _checkpoints(environ: Mapping[str, str]) -> Path | None:
    value = environ.get("KEEPWELL_CHECKPOINTS", "")
    path = Path(value).expanduser() if value else None
    if path is not None and not (path.is_absolute() and path.is_dir()):
        right = "name a folder that exists by its whole path, best on another machine's disk."
        raise SettingError("KEEPWELL_CHECKPOINTS", value, right)
    return path


def _host(variable: str, environ: Mapping[str, str]) -> str:
    value = environ.get(variable) or "localhost"
    if _is_address(value) or _HOST_NAME.fullmatch(value):
        return value
    right = "give one name or address to listen on, such as localhost, 0.0.0.0 or ::."
    raise SettingError(variable, value, right)


def _is_address(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


def _is_every_address(host: str) -> bool:
    return _is_address(host) and ipaddress.ip_address(host).is_unspecified


def _overlap(host: str, other: str) -> bool:
    """Say whether a port of one would be a port of the other; :: is every IPv6 address alone."""
    if not (_is_address(host) and _is_address(other)):
        return host == other or any(map(_is_every_address, (host, other)))
    one, two = ipaddress.ip_address(host), ipaddress.ip_address(other)
    return one == two or (one.version == two.version and (one.is_unspecified or two.is_unspecified))


def _port(variable: str, environ: Mapping[str, str], usual: str) -> int:
    value = environ.get(variable) or usual
    if value.isascii() and value.isdigit() and 1 <= int(value) <= 65535:
        return int(value)
    raise SettingError(variable, value, f"give a number from 1 to 65535, such as {usual}.")


def _staff_listener(
    environ: Mapping[str, str], patients_host: str, patients_port: int
) -> tuple[str | None, int]:
    """Return where staff pages listen, if one of the two is set; by default on this machine."""
    host = _host("KEEPWELL_STAFF_HOST", environ)
    port = _port("KEEPWELL_STAFF_PORT", environ, "8444")
    if not (environ.get("KEEPWELL_STAFF_HOST") or environ.get("KEEPWELL_STAFF_PORT")):
        return None, port
    if port == patients_port and _overlap(host, patients_host):
        right = (
            f"patients' pages already take port {port} of {patients_host}. Give staff another "
            "port, or each its own address in KEEPWELL_HOST and KEEPWELL_STAFF_HOST."
        )
        raise SettingError("KEEPWELL_STAFF_PORT", str(port), right)
    return host, port


def _keystore_backup_days(environ: Mapping[str, str]) -> int:
    value = environ.get("KEEPWELL_KEYSTORE_BACKUP_DAYS") or "30"
    if value.isascii() and value.isdigit() and 0 <= int(value) <= 3650:
        return int(value)
    right = "give the days after which your last copy of the keys is gone, 0 to 3650, such as 30."
    raise SettingError("KEEPWELL_KEYSTORE_BACKUP_DAYS", value, right)


def _second_step_wait_minutes(environ: Mapping[str, str]) -> int:
    value = environ.get("KEEPWELL_SECOND_STEP_WAIT_MINUTES") or "60"
    if value.isascii() and value.isdigit() and 15 <= int(value) <= 10_080:
        return int(value)
    right = "give the minutes in which people can still stop it, 15 to 10080 (a week), such as 60."
    raise SettingError("KEEPWELL_SECOND_STEP_WAIT_MINUTES", value, right)


def _public_url(environ: Mapping[str, str], host: str, port: int) -> str:
    value = environ.get("KEEPWELL_PUBLIC_URL", "")
    if value:
        return _url("KEEPWELL_PUBLIC_URL", value)
    if _is_every_address(host):
        right = (
            f"KEEPWELL_HOST is {host}, every address, so say which one patients use, "
            "such as https://forms.clinic.example."
        )
        raise SettingError("KEEPWELL_PUBLIC_URL", value, right)
    return _url_of(host, port)


def _staff_url(environ: Mapping[str, str], public_url: str, host: str | None, port: int) -> str:
    """Return the staff's address: as said, else where they have a listener, else patients'."""
    variable, value = "KEEPWELL_STAFF_URL", environ.get("KEEPWELL_STAFF_URL", "")
    if value or host is None:
        url = _url(variable, value or public_url)
    elif _is_every_address(host):
        right = (
            f"KEEPWELL_STAFF_HOST is {host}, every address, so say which one staff use, "
            "such as https://staff.clinic.example:8444."
        )
        raise SettingError(variable, value, right)
    else:
        url = _url_of(host, port)
    if host is not None and url == public_url:
        right = (
            "patients use this address, and staff pages are not there once staff have a listener "
            "of their own. Give the address that leads to it."
        )
        raise SettingError(variable, url, right)
    return url


def _url_of(host: str, port: int) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"https://{shown}" if port == 443 else f"https://{shown}:{port}"


def _url(variable: str, value: str) -> str:
    right = (
        "give https://, a host name and nothing behind it, such as https://forms.clinic.example."
    )
    parts = _split(variable, value, right, shown=value)
    path_is_empty = parts.path in ("", "/") and not parts.query and not parts.fragment
    if parts.scheme != "https" or not parts.hostname or not path_is_empty or "@" in parts.netloc:
        raise SettingError(variable, value, right)
    if not (_is_address(parts.hostname) or _HOST_NAME.fullmatch(parts.hostname)):
        raise SettingError(variable, value, right)
    shown = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = "" if parts.port in (None, 443) else f":{parts.port}"
    return f"https://{shown}{port}"


def _split(variable: str, value: str, right: str, *, shown: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.port  # a port that is no number raises only when it is asked for
    except ValueError:  # whose text repeats a part of the address, perhaps of the password
        raise SettingError(variable, shown, right) from None
    return parts


def _without_secrets(url: str) -> str:
    """Return what may be shown of an address: nobody knows where a wrong one ends its password."""
    scheme = re.match(r"[a-z]+://", url)
    return f"{scheme[0] if scheme else ''}{HIDDEN}" if url else ""


def _tls(environ: Mapping[str, str]) -> tuple[Path | None, Path | None]:
    found: list[Path | None] = []
    for variable, other in (
        ("KEEPWELL_TLS_CERT", "KEEPWELL_TLS_KEY"),
        ("KEEPWELL_TLS_KEY", "KEEPWELL_TLS_CERT"),
    ):
        value = environ.get(variable, "")
        if not value and environ.get(other):
            raise SettingError(
                variable, value, f"{other} is set, so name the file that belongs to it."
            )
        path = Path(value).expanduser().absolute() if value else None
        if path is not None and not path.is_file():
            raise SettingError(variable, value, "name a PEM file that exists.")
        found.append(path)
    return found[0], found[1]


def _proxies(environ: Mapping[str, str]) -> tuple[Network, ...]:
    value = environ.get("KEEPWELL_PROXIES", "")
    parts = [part.strip() for part in value.split(",")]
    try:
        return tuple(unmapped(ipaddress.ip_network(part)) for part in parts if part)
    except ValueError as error:
        right = "give networks separated by commas, such as 10.0.0.0/24, 192.0.2.7."
        raise SettingError("KEEPWELL_PROXIES", value, right) from error


def _databases(environ: Mapping[str, str], home: Path) -> dict[str, dict[str, Any]]:
    urls = {alias: environ.get(f"KEEPWELL_{store}_DB", "") for alias, store in STORES.items()}
    if any(urls.values()):
        if sequencer := environ.get(f"KEEPWELL_{SEQUENCER}_DB"):
            urls["sequencer"] = sequencer
        variables = STORES | {"sequencer": SEQUENCER}
        return {
            alias: _postgresql(f"KEEPWELL_{variables[alias]}_DB", url)
            for alias, url in urls.items()
        }
    return {alias: _sqlite(home / file) for alias, file in FILES.items()}


def _owners(environ: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return the databases as their owner sees them, for the migrations of keepwell init."""
    variables = {alias: f"KEEPWELL_OWNER_{store}_DB" for alias, store in STORES.items()}
    return {
        alias: _postgresql(variable, environ[variable])
        for alias, variable in variables.items()
        if environ.get(variable)
    }


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "keepwell.safeguards.tenancy.sqlite",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }


def _postgresql(variable: str, url: str) -> dict[str, Any]:
    right = (
        "give postgresql://user:password@host:port/database, and all three of "
        "KEEPWELL_DATA_DB, KEEPWELL_TRAIL_DB and KEEPWELL_KEYS_DB or none."
    )
    shown = _without_secrets(url)
    parts = _split(variable, url, right, shown=shown)
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(_host_part(parts.netloc))
    name = parts.path.lstrip("/")
    unknown = [option for option in options if option not in _DATABASE_OPTIONS]
    if parts.scheme not in ("postgresql", "postgres") or not host or not name or unknown:
        raise SettingError(variable, shown, right)
    return {
        "ENGINE": "keepwell.safeguards.tenancy.postgresql",
        "NAME": unquote(name),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "CONN_MAX_AGE": None,
        "OPTIONS": options,
    }


def _host_part(netloc: str) -> str:
    """Return the host as written: urlsplit would lower a socket folder's capital letters."""
    host = netloc.rpartition("@")[2]
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def _secret_key(home: Path) -> str:
    """Read Django's secret; before `keepwell init` has made it use one that dies with us."""
    path = home / "secret.key"
    try:
        secret = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return secrets.token_urlsafe(50)
    except (OSError, ValueError) as error:
        right = f"{path} cannot be read ({error}). Run Keepwell as the user who owns the folder."
        raise SettingError("KEEPWELL_HOME", str(home), right) from error
    if len(secret) < 50:
        right = (
            f"{path} is damaged. Put it back from your backup, or delete it and run keepwell "
            "init: nobody is signed out, but every browser counts as one never seen before."
        )
        raise SettingError("KEEPWELL_HOME", str(home), right)
    return secret


def _allowed_hosts(public_url: str, staff_url: str, *, has_doors: bool) -> list[str]:
    hosts = [urlsplit(url).hostname or "" for url in (public_url, staff_url)]
    allowed = [f"[{host}]" if ":" in host else host for host in hosts]
    tells_no_door = has_doors or public_url == staff_url  # else the host says whose pages are here
    if any(host in LOOPBACK_NAMES for host in allowed) and tells_no_door:
        allowed += LOOPBACK_NAMES  # somebody who types 127.0.0.1 means the same installation
    return sorted(set(allowed))
