"""Which server takes our mail, as the operator chose it."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Tls(StrEnum):
    """How the way to the server is encrypted (RFC 8314: implicit is preferred for submission)."""

    IMPLICIT = "implicit"
    NONE = "none"  # on this machine only
    STARTTLS = "starttls"


PORTS = {Tls.IMPLICIT: 465, Tls.NONE: 25, Tls.STARTTLS: 587}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A mail server; `ca_file` is the authority of its certificate if it is not a public one."""

    host: str
    port: int
    tls: Tls
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
