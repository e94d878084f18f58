"""A worker's data folder: copied from the template, and after each test cleared of what is new."""

import shutil
from pathlib import Path

# SQLite's own files beside the three databases, which the databases' connections look after.
LEFT_ALONE = ("-wal", "-shm")


def copy_home(template: Path, home: Path) -> None:
    """Copy the template's folder, which is at rest, with the modes of its files."""
    shutil.copytree(template, home, dirs_exist_ok=True)


def clear_home(template: Path, home: Path) -> None:
    """Remove what a test has added: blobs, mail, certificates."""
    for path in home.iterdir():
        if (template / path.name).exists() or path.name.endswith(LEFT_ALONE):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
