"""What an operator may choose, read from environment variables, each refused loudly if it is nonsense."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


class SettingError(ValueError):
    """An environment variable holds something Keepwell cannot use; the text is for the operator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The operator's choices."""

    home: Path
    host: str
    port: int
    public_url: str
    staff_url: str
    tls_certificate: Path | None
    tls_key: Path | None
    proxies: tuple[str, ...]
    databases: dict[str, dict[str, Any]]
    secret_key: str
    root_key: Path
    allowed_hosts: list[str]


def _default_home(environ: Mapping[str, str]) -> Path:
    base = environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "keepwell"


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "ENGINE": "keepwell.safeguards.tenancy.postgresql",
        "NAME": parts.path.lstrip("/"),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "CONN_MAX_AGE": None,
    }


def _databases(home: Path, environ: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    files = {"default": "data", "trail": "trail", "keys": "keys"}
    variables = {"default": "KEEPWELL_DATA_DB", "trail": "KEEPWELL_TRAIL_DB", "keys": "KEEPWELL_KEYS_DB"}
    return {
        alias: _postgresql(environ[variables[alias]])
        if environ.get(variables[alias])
        else _sqlite(home / f"{name}.sqlite3")
        for alias, name in files.items()
    }


def read(environ: Mapping[str, str] = os.environ) -> Environment:
    """Read and check the operator's choices; raise SettingError with a sentence."""
    home = Path(environ.get("KEEPWELL_HOME") or _default_home(environ))
    host = environ.get("KEEPWELL_HOST", "localhost")
    port = int(environ.get("KEEPWELL_PORT", "8443"))
    public_url = environ.get("KEEPWELL_PUBLIC_URL", f"https://{host}:{port}").rstrip("/")
    staff_url = environ.get("KEEPWELL_STAFF_URL", public_url).rstrip("/")
    return Environment(
        home=home,
        host=host,
        port=port,
        public_url=public_url,
        staff_url=staff_url,
        tls_certificate=None,
        tls_key=None,
        proxies=(),
        databases=_databases(home, environ),
        secret_key=environ.get("KEEPWELL_SECRET_KEY", "x" * 50),
        root_key=home / "root.key",
        allowed_hosts=[urlsplit(public_url).hostname or "", urlsplit(staff_url).hostname or ""],
    )
