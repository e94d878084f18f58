"""QR codes of links, and the addresses they lead to."""

import io

import segno
from django.conf import settings
from django.urls import reverse


def public_link(token: str) -> str:
    """Return the whole address of a link, always from the configured public address."""
    return settings.KEEPWELL_PUBLIC_URL + reverse("forms_patient:start", args=[token])


def embed_link(token: str) -> str:
    """Return the address for a frame on the clinic's own website."""
    return settings.KEEPWELL_PUBLIC_URL + reverse("forms_embedded:start", args=[token])


def qr_svg(token: str) -> bytes:
    """Return a link's QR code as an SVG file of black on white, with the quiet zone it needs."""
    out = io.BytesIO()
    code = segno.make(public_link(token), error="m", micro=False)
    code.save(out, kind="svg", border=4, light="#fff", svgclass=None, lineclass=None, omitsize=True)
    return out.getvalue()
