"""What an operator's or a new developer's first hour stands on: pins, licence, make."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.boundaries.shape import ROOT

MOST_DEPENDENCIES = 25
PINNED = re.compile(r"^[a-z0-9][a-z0-9._-]*==\S+", re.MULTILINE)
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))


def pins(path: Path) -> dict[str, str]:
    found = [line.split("==") for line in PINNED.findall(path.read_text())]
    return dict(found)


def test_the_four_requirement_files_are_there() -> None:
    assert [path.stem for path in REQUIREMENTS] == ["dev", "runtime", "scale", "tool"]


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.stem)
def test_every_requirement_is_pinned_by_hash_and_names_no_address(path: Path) -> None:
    text = path.read_text()
    blocks = re.split(r"\n(?=[a-z0-9])", text.partition("make requirements\n")[2])
    assert blocks
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []
    assert "://" not in text
    assert not re.search(r"^(--index|--extra-index|--find-links|-f |-i )", text, re.MULTILINE)


def test_the_runtime_is_the_same_in_every_file() -> None:
    runtime = pins(ROOT / "requirements" / "runtime.txt")
    assert runtime
    for name in ("scale", "dev"):
        wider = pins(ROOT / "requirements" / f"{name}.txt")
        assert {package: wider.get(package) for package in runtime} == runtime


def test_direct_dependencies_are_few_and_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    direct = {re.split(r"[\[<>=]", wanted)[0] for wanted in project["dependencies"]}
    assert len(direct) <= MOST_DEPENDENCIES
    assert direct <= set(pins(ROOT / "requirements" / "runtime.txt"))


def test_make_help_names_every_target_that_a_person_calls() -> None:
    makefile = (ROOT / "Makefile").read_text()
    helped = set(re.findall(r"^\t@echo 'make ([a-z]+)", makefile, re.MULTILINE))
    expected = {"run", "demo", "check", "test", "drill", "pictures", "bench", "docs"}
    assert helped == {*expected, "requirements"}
    for target in helped:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_a_python_that_is_too_old_is_refused_in_one_sentence(tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text('#!/bin/sh\ncase "$1" in --version) echo Python 3.9.2;; *) exit 1;; esac\n')
    old.chmod(0o755)
    refused = subprocess.run(
        [ROOT / "tools" / "python-version", old], capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1
    assert refused.stderr.startswith("Python 3.9.2 is too old: Keepwell needs 3.11 or newer.")
    assert refused.stderr.count("\n") == 1


def test_ci_calls_make_test_and_nothing_clever() -> None:
    lines = (ROOT / ".ci" / "run").read_text().split("\n")
    assert lines == ["#!/usr/bin/env bash", "set -euo pipefail", "", "make test", ""]


def test_the_licence_is_the_whole_apache_licence() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
