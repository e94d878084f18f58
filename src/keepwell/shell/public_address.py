"""The address that is printed for patients, and what to say when their phones could not use it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Concerns:
    """Why a printed code would not work for patients, as far as this installation can tell."""

    is_local: bool  # leads to this very computer
    is_own_ca: bool  # served under a certificate that phones do not know

    def __bool__(self) -> bool:
        return self.is_local or self.is_own_ca


def public_host() -> str:
    """Return the host that is printed beside a code, so that people can check it."""
    return urlsplit(settings.KEEPWELL_PUBLIC_URL).netloc


def concerns() -> Concerns:
    """Say whether the public address can be reached and trusted by a phone."""
    host = urlsplit(settings.KEEPWELL_PUBLIC_URL).hostname or ""
    is_local = host in _LOCAL or host.startswith("127.")
    return Concerns(is_local, is_own_ca=settings.KEEPWELL_TLS_CERTIFICATE is None)
