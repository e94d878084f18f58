"""What tests of the command line may ask for besides the stores: a server, or data to act on."""

import shutil
from pathlib import Path

import pytest

from tests.serving import demo, installation, keepwell, served

__all__ = ["demo", "served"]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Load the demonstration once."""
    home = installation(tmp_path_factory.mktemp("loaded") / "home")
    done = keepwell(home, "demo", "--no-serve")
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def home(loaded: Path, tmp_path: Path) -> Path:
    """Copy it: nothing runs on it."""
    shutil.copytree(loaded, tmp_path / "home", ignore=shutil.ignore_patterns("serve.lock"))
    (tmp_path / "home").chmod(0o700)
    return tmp_path / "home"
