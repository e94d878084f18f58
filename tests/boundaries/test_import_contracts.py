"""Who may import whom (pyproject.toml, importlinter): kept by the code, and seen to be broken."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.boundaries.shape import ROOT, SOURCE

# File and line of a breach, and the contract that must notice.
BREACHES = {
    "house": ("keepwell/newroom/__init__.py", ""),
    "safeguards": ("keepwell/safeguards/vault/x.py", "import keepwell.safeguards.audit"),
    "products": ("keepwell/products/livechat/__init__.py", "import keepwell.products.forms.apps"),
    "ciphers": ("keepwell/products/forms/x.py", "import cryptography.fernet"),
    "toolkit": ("keepwell/toolkit/x.py", "import django.db"),
    "forms-cores": ("keepwell/products/forms/definition/x.py", "import django.db"),
}
RUN = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", RUN],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__", "static", "templates", "locale")
    shutil.copytree(SOURCE, tmp_path / "src", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def names_of_contracts() -> dict[str, str]:
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return {
        found["id"]: found["name"] for found in configuration["tool"]["importlinter"]["contracts"]
    }


def test_the_code_keeps_every_contract() -> None:
    kept = lint_imports(ROOT)
    assert kept.returncode == 0, kept.stdout


def test_every_contract_notices_its_breach(copy: Path) -> None:
    for place, line in BREACHES.values():
        path = copy / "src" / place
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'"""A breach."""\n\n{line}\n')
    broken = lint_imports(copy)
    assert broken.returncode == 1, broken.stdout + broken.stderr
    words = " ".join(broken.stdout.split())  # long names are wrapped
    names = names_of_contracts()
    assert set(names) == set(BREACHES)
    assert [name for name in names.values() if f"{name} BROKEN" not in words] == []
