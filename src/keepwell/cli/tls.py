"""Which certificate is served: the operator's files, or those of the installation's authority."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from keepwell.cli.refusal import Refusal
from keepwell.toolkit import certificates, clock


@dataclass(frozen=True, slots=True)
class Served:
    """The files of a certificate chain and its key; one file when they are ours."""

    certificate: Path
    key: Path

    def fingerprint(self) -> tuple[int, ...]:
        """Return what changes when the files are replaced."""
        stats = [path.stat() for path in (self.certificate, self.key)]
        return tuple(
            value for stat in stats for value in (stat.st_mtime_ns, stat.st_ino, stat.st_size)
        )


def folder() -> Path:
    """Return where our own authority keeps its files."""
    return Path(settings.KEEPWELL_HOME) / "tls"


def served() -> Served:
    """Return the files the server reads."""
    if settings.KEEPWELL_TLS_CERTIFICATE and settings.KEEPWELL_TLS_KEY:
        return Served(settings.KEEPWELL_TLS_CERTIFICATE, settings.KEEPWELL_TLS_KEY)
    return Served(folder() / certificates.LEAF_FILE, folder() / certificates.LEAF_FILE)


def is_ours() -> bool:
    """Tell whether the served certificate is signed by our own authority."""
    return settings.KEEPWELL_TLS_CERTIFICATE is None


def hosts() -> list[str]:
    """Return every name this server answers to: the two addresses and this machine itself."""
    urls = (settings.KEEPWELL_PUBLIC_URL, settings.KEEPWELL_STAFF_URL)
    return [*(urlsplit(url).hostname or "" for url in urls), "localhost", "127.0.0.1", "::1"]


def renew() -> bool:
    """Make or renew our own certificate where due; tell whether it is new."""
    return is_ours() and certificates.keep_current(folder(), hosts(), clock.now())


def check(files: Served) -> None:
    """Refuse files that a server could not use: unreadable, not PEM, not a pair, expired."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files.certificate, files.key, "")
    except (OSError, ValueError) as error:
        raise Refusal(
            f"The certificate {files.certificate} with the key {files.key} cannot be used: "
            f"{error}. "
            "Give a PEM chain and its unencrypted key (KEEPWELL_TLS_CERT, KEEPWELL_TLS_KEY)."
        ) from error
    if certificates.days_left(certificates.read_certificate(files.certificate), clock.now()) < 0:
        raise Refusal(f"The certificate {files.certificate} has expired. Replace it and its key.")
