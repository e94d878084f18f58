"""QR codes of links, and what to say when a patient's phone could not use one."""

import io
from dataclasses import dataclass
from urllib.parse import urlsplit

import segno
from django.conf import settings
from django.urls import reverse

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Concerns:
    """Why a printed code would not work for patients, as far as this installation can tell."""

    is_local: bool  # leads to this very computer
    is_own_ca: bool  # served under a certificate that phones do not know

    def __bool__(self) -> bool:
        return self.is_local or self.is_own_ca


def public_link(token: str) -> str:
    """Return the whole address of a link, always from the configured public address."""
    return settings.KEEPWELL_PUBLIC_URL + reverse("forms_patient:start", args=[token])


def embed_link(token: str) -> str:
    """Return the address for a frame on the clinic's own website."""
    return settings.KEEPWELL_PUBLIC_URL + reverse("forms_embedded:start", args=[token])


def public_host() -> str:
    """Return the host that is printed beside a code, so that people can check it."""
    return urlsplit(settings.KEEPWELL_PUBLIC_URL).netloc


def concerns() -> Concerns:
    """Say whether the public address can be reached and trusted by a phone."""
    host = urlsplit(settings.KEEPWELL_PUBLIC_URL).hostname or ""
    is_local = host in _LOCAL or host.startswith("127.")
    return Concerns(is_local, is_own_ca=settings.KEEPWELL_TLS_CERTIFICATE is None)


def qr_svg(token: str) -> bytes:
    """Return a link's QR code as an SVG file of black on white, with the quiet zone it needs."""
    out = io.BytesIO()
    code = segno.make(public_link(token), error="m", micro=False)
    code.save(out, kind="svg", border=4, light="#fff", svgclass=None, lineclass=None, omitsize=True)
    return out.getvalue()
