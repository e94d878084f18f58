"""Style sheets, scripts and icons, collected into the data folder when they have changed."""

import hashlib
import inspect
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.storage import storages
from django.core.management import call_command

from keepwell.cli import folder


def collect() -> None:
    """Collect, hash and compress static files, unless these very files were collected last."""
    mark = Path(settings.STATIC_ROOT) / "collected"
    present = _fingerprint()
    if mark.exists() and mark.read_text(encoding="ascii") == present:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    folder.write_private(mark, present)


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in _sources():
        stat = path.stat()
        digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    """Name every static file, and the code that bundles them."""
    yield Path(inspect.getfile(type(storages["staticfiles"])))
    for finder in get_finders():
        for path, storage in finder.list([]):
            yield Path(storage.path(path))
