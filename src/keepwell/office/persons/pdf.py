"""A page as a PDF with tags for screen readers (PDF/UA), files attached; nothing is fetched.

WeasyPrint draws with Pango, a library of the system. Where it is missing everything else works, and
pages and `keepwell doctor` say what to install.
"""

import threading
from collections.abc import Sequence
from functools import cache
from typing import Any, NoReturn

from django.views.decorators.debug import sensitive_variables
from PIL import ImageFile

from keepwell.safeguards.access.manifest import PersonFile

NEEDED = "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"
_one_at_a_time = threading.Lock()  # drawing is work of a whole core; others wait, pages do not


@cache
def _library() -> Any:
    try:
        import weasyprint  # noqa: PLC0415  a second of work, and not there without Pango
    except OSError:
        return None
    # It switches this on for the whole process: a picture that is cut off would pass for a logo.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return weasyprint


def is_available() -> bool:
    """Tell whether this machine can draw PDFs."""
    return _library() is not None


@sensitive_variables()
def drawn(page: str, style: str, files: Sequence[PersonFile] = ()) -> bytes:
    """Return an HTML page in a style as a PDF; raises LookupError where nothing can draw it."""
    library = _library()
    if library is None:
        raise LookupError(NEEDED)
    with _one_at_a_time:
        attached = [
            library.Attachment(string=one.read(), name=one.name, description=one.name)
            for one in files
        ]
        document = library.HTML(string=page, url_fetcher=_fetch_nothing)
        sheets = [library.CSS(string=style, url_fetcher=_fetch_nothing)]
        drawn: bytes = document.write_pdf(
            stylesheets=sheets, pdf_variant="pdf/ua-1", attachments=attached
        )
    return drawn


def _fetch_nothing(address: str, *args: object, **kwargs: object) -> NoReturn:
    """Refuse every address: answers may name pictures of other hosts (SSRF)."""
    raise ValueError("A PDF is made of what is in the page.")
