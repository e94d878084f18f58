"""Static files of this installation: collected, bundled, hashed and compressed before serving."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

_MARK = ".collected"


def _fingerprint() -> str:
    """Say in one word what the sources are: names, sizes and times of change."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def collect() -> Path:
    """Collect static files into STATIC_ROOT unless what is there is what would be made."""
    root = Path(settings.STATIC_ROOT)
    mark, fingerprint = root / _MARK, _fingerprint()
    if not mark.exists() or mark.read_text() != fingerprint:
        root.mkdir(parents=True, exist_ok=True)
        mark.unlink(missing_ok=True)
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        mark.write_text(fingerprint)
    return root
