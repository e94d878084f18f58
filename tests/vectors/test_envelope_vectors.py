"""Known answers for sealed values and files, and agreement with the JavaScript implementation."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from keepwell.safeguards.vault import escrow
from keepwell.safeguards.vault.binding import Binding
from keepwell.toolkit import envelope
from tests.vectors import write_envelope

HERE = Path(__file__).parent
VECTORS: dict[str, list[dict[str, Any]]] = json.loads((HERE / "envelope.json").read_text())
PAGE = (HERE.parents[1] / "docs" / "formats" / "envelope.md").read_text()


def test_every_published_vector_is_made_again_byte_for_byte() -> None:
    assert write_envelope.vectors() == VECTORS


@pytest.mark.parametrize("vector", VECTORS["fields"], ids=lambda vector: vector["name"])
def test_a_published_value_opens(vector: dict[str, Any]) -> None:
    binding = Binding(vector["slot"], UUID(vector["organisation"]), UUID(vector["row"]))
    sealed = bytes.fromhex(vector["sealed"])
    opened = envelope.open_sealed(bytes.fromhex(vector["key"]), binding.associated(), sealed)
    assert opened.hex() == vector["plaintext"]
    assert len(sealed) == len(opened) + 33


@pytest.mark.parametrize("vector", VECTORS["root_keys"])
def test_a_published_root_key_text_is_read(vector: dict[str, str]) -> None:
    assert escrow.key_from_escrow(vector["text"]).hex() == vector["key"]


def test_the_format_page_shows_the_first_vector() -> None:
    block = PAGE.split("### Worked example")[1].split("## Keys")[0]
    vector = VECTORS["fields"][0]
    for name, label in (("associated_data", "associated data"), ("sealed", "sealed")):
        shown = block.split(f"    {label}")[1].split("\n\n")[0]
        assert re.sub(r"\s", "", shown) == vector[name], label
    assert vector["plaintext"] in block
    assert f"key             {vector['key']}\n" in block
    assert f"nonce           {vector['nonce']}\n" in block


def test_the_format_page_shows_the_first_line_of_a_root_key() -> None:
    assert f"    {escrow.escrow_text(write_envelope.KEY).splitlines()[1]}\n" in PAGE


def test_javascript_agrees_with_every_vector() -> None:
    node = shutil.which("node")
    assert node is not None, "tools/system-packages installs node for the second implementation"
    run = subprocess.run(
        [node, str(HERE / "envelope.mjs")], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout == "agreed: 5 fields, 13 values, 5 padded, 7 blobs, 3 tokens\n"
