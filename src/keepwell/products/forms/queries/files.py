"""Reading the bytes of files that patients added."""

from keepwell.products.forms.models import Attachment
from keepwell.safeguards.records.disclosure import Scope
from keepwell.safeguards.records.files import read_file


def content_of(scope: Scope, file: Attachment) -> bytes:
    """Return a whole file, opened in this scope ; uploads are at most 1.5 MB."""
    return b"".join(read_file(scope, file))
