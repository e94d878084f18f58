"""A clinic's logo: whatever picture comes in, a small PNG of our own making is kept.

Decoding and encoding anew drops what may hide in a file (scripts, places, names of devices), and
nothing a stranger made is ever sent to a patient's browser.
"""

from io import BytesIO
from typing import ClassVar

from django.utils.translation import gettext_noop as _
from PIL import Image, UnidentifiedImageError

from keepwell.toolkit.errors import KeepwellError

FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
MOST_BYTES = 64 * 1024  # kept
MOST_PIXELS = 16_000_000  # read: a picture says its size before it is decoded
SIDES = (256, 192, 128, 96, 64)  # tried in turn until the PNG fits


class LogoRefused(KeepwellError):  # noqa: N818  names the fact
    """Not a picture we read, or one far too large."""

    code: ClassVar[str] = "logo_refused"
    status: ClassVar[int] = 422
    sentence: ClassVar[str] = _(
        "This file is not a picture that can be used. Choose a PNG, JPEG, WebP or GIF of at most "
        "16 megapixels. The present logo stays."
    )


def logo_of(data: bytes) -> bytes:
    """Return a PNG of at most 64 KiB with the same picture; raise LogoRefused."""
    picture = _decoded(data)
    for side in SIDES:
        made = _encoded(picture, side)
        if len(made) <= MOST_BYTES:
            return made
    raise LogoRefused


def _decoded(data: bytes) -> Image.Image:
    try:
        found = Image.open(BytesIO(data), formats=FORMATS)  # reads the header only
        if found.width * found.height > MOST_PIXELS:  # a decompression bomb
            raise LogoRefused
        return found.convert("RGBA")
    except (
        *(UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError),
        *(Image.DecompressionBombError, Image.DecompressionBombWarning, UserWarning),
    ) as error:
        raise LogoRefused from error


def _encoded(picture: Image.Image, side: int) -> bytes:
    small = picture.copy()
    small.thumbnail((side, side))
    clean = Image.new("RGBA", small.size)
    clean.paste(small)  # pixels only: no profile, no comment, no place
    out = BytesIO()
    clean.save(out, format="PNG", optimize=True)
    return out.getvalue()
