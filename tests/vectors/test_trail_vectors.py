"""Known answers for tree, notes, canonical bytes and entries, and agreement with JavaScript."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from keepwell.safeguards.audit.entries import Entry
from keepwell.toolkit import canonical, merkle, notes, tiles
from tests.vectors import write_trail

HERE = Path(__file__).parent
VECTORS: dict[str, Any] = json.loads((HERE / "trail.json").read_text())
PAGE = (HERE.parents[1] / "docs" / "formats" / "trail.md").read_text()


def test_every_published_vector_is_made_again_byte_for_byte() -> None:
    assert write_trail.vectors() == VECTORS


def test_the_roots_are_those_of_certificate_transparency() -> None:
    assert tuple(VECTORS["rfc6962"]["roots"]) == write_trail.RFC_6962_ROOTS


def test_the_published_proofs_hold() -> None:
    tree = VECTORS["rfc6962"]
    leaves = [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in tree["leaves"]]
    roots = [bytes.fromhex(root) for root in tree["roots"]]
    for one in tree["inclusions"]:
        proof = [bytes.fromhex(hash_) for hash_ in one["proof"]]
        index, size = one["index"], one["size"]
        merkle.check_inclusion(
            leaves[index], index=index, size=size, root=roots[size - 1], proof=proof
        )
    for one in tree["consistencies"]:
        proof = [bytes.fromhex(hash_) for hash_ in one["proof"]]
        old, new = one["old"], one["new"]
        merkle.check_consistency(
            old=old, new=new, old_root=roots[old - 1], new_root=roots[new - 1], proof=proof
        )


def test_the_note_of_the_go_authors_opens() -> None:
    key = notes.VerifyKey.parse(VECTORS["note"]["key"])
    assert notes.open_note(VECTORS["note"]["note"], key).startswith("If you think cryptography")


def test_the_published_checkpoint_says_what_it_says() -> None:
    vector = VECTORS["checkpoint"]
    text = notes.open_note(vector["note"], notes.VerifyKey.parse(vector["key"]))
    head = notes.Checkpoint.parse(text)
    assert (head.size, head.root.hex()) == (vector["size"], vector["root"])


@pytest.mark.parametrize("vector", VECTORS["canonical"])
def test_published_canonical_bytes_are_read(vector: dict[str, Any]) -> None:
    assert canonical.decode(bytes.fromhex(vector["bytes"])) == vector["value"]


@pytest.mark.parametrize("vector", VECTORS["entries"])
def test_a_published_entry_is_read(vector: dict[str, Any]) -> None:
    entry = Entry.decode(bytes.fromhex(vector["bytes"]))
    assert (str(entry.id), entry.kind) == (vector["id"], vector["kind"])


@pytest.mark.parametrize("vector", VECTORS["tile_paths"])
def test_a_published_tile_path_is_read(vector: dict[str, Any]) -> None:
    path = vector["path"].removeprefix(f"tile/{vector['level']}/")
    assert tiles.number_from(path) == (vector["number"], vector["width"])


def test_the_format_page_shows_an_entry_and_a_checkpoint() -> None:
    entry = VECTORS["entries"][1]
    assert entry["bytes"] in re.sub(r"\s", "", PAGE)
    assert entry["leaf"] in PAGE
    shown = "".join(f"    {line}\n" if line else "\n" for line in _lines("checkpoint"))
    assert shown in PAGE
    assert f"    {VECTORS['checkpoint']['key']}\n" in PAGE


def _lines(section: str) -> list[str]:
    note: str = VECTORS[section]["note"]
    return note.splitlines()


def test_javascript_agrees_with_every_vector() -> None:
    node = shutil.which("node")
    assert node is not None, "tools/system-packages installs node for the second implementation"
    run = subprocess.run(
        [node, str(HERE / "trail.mjs")], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout == "agreed: 8 roots, 12 proofs, 3 entries, 2 notes\n"
