"""A stranger checks an export with Python alone, and is told what is wrong with it."""

import os
import shutil
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keepwell.safeguards.audit import proofs, writer
from keepwell.safeguards.audit.actions import record, record_now
from keepwell.safeguards.audit.entries import Entry, Subject
from keepwell.safeguards.audit.errors import ExportRefused
from keepwell.safeguards.audit.export import export
from keepwell.safeguards.audit.offline import verify as offline
from keepwell.safeguards.audit.verifier import verify
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit import merkle, notes, tiles
from keepwell.toolkit.identifiers import uuid7
from tests.safeguards.audit.tampering import Hands

OPEN = "records:fields:open"


@pytest.fixture
def log(ada: Viewer) -> Viewer:
    """Fill Ada's log with 300 entries: one full tile and part of another."""
    with wall.writing(ada.organisation):
        for _ in range(300):
            record(ada, "forms:submission:arrive", reason="canary-7f31")
    writer.stop()
    return ada


@pytest.fixture
def made(log: Viewer, tmp_path: Path) -> Path:
    """Export it."""
    export(log.organisation, tmp_path / "trail")
    return tmp_path / "trail"


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an export made by hand, with a key of the test's own; nobody may change it."""
    folder = tmp_path_factory.mktemp("sample") / "trail"
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    growth, bundles = tiles.Growth(), [b""]
    for number in range(600):
        entry = Entry(uuid7(), number, 202611, OPEN, merkle.leaf_hash(b"%d" % number)).encode()
        bundles[-1] += len(entry).to_bytes(2, "big") + entry
        for tile in growth.append(merkle.leaf_hash(entry)):
            _write(folder / tile.path, tile.hashes)
            bundles.append(b"")
    for number, bundle in enumerate(bundles):
        width = min(256, 600 - number * 256)
        _write(folder / "entries" / tiles.number_path(number, width), bundle)
    for tile in growth.unfinished():
        _write(folder / tile.path, tile.hashes)
    _sign(folder, 600, growth.root(), key)
    return folder


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _sign(folder: Path, size: int, root: bytes, key: Ed25519PrivateKey) -> None:
    head = notes.Checkpoint("keepwell/x", size, root, ("signed 2026-11-24T03:15:00.123456Z",))
    _write(folder / "checkpoint", notes.sign(head.text(), "keepwell/x", key).encode())
    verify_key = notes.VerifyKey("keepwell/x", notes.public_bytes(key.public_key()))
    _write(folder / "key.pub", f"{verify_key}\n".encode())


@pytest.fixture
def copy(sample: Path, tmp_path: Path) -> Path:
    """Return a copy of the sample that may be changed."""
    return shutil.copytree(sample, tmp_path / "copy")


def _command(folder: Path, program: Path | None = None) -> list[str]:
    return [sys.executable, "-I", "-S", str(program or folder / "verify.py"), str(folder)]


def run(folder: Path, *arguments: str, program: Path | None = None) -> tuple[int, str, str]:
    """Run the verifier that lies in the folder, with nothing of ours to be found."""
    command = _command(folder, program)
    done = subprocess.run(
        [*command, *arguments], capture_output=True, text=True, cwd="/", env={}, check=False
    )
    return done.returncode, done.stdout, done.stderr


def judged(folder: Path) -> tuple[int, str]:
    """Return exit status and sentence, in this process."""
    try:
        return 0, offline.verify(folder, None)
    except offline.NotWhole as fact:
        return 1, str(fact)
    except (offline.Unusable, OSError, ValueError) as fact:
        return 2, str(fact)


def test_an_export_is_whole_for_a_stranger(log: Viewer, made: Path) -> None:
    report = verify(log.organisation)
    assert run(made) == (0, f"{report.sentence}\n", "")
    assert report.sentence.startswith("whole: 300 entries, root ")
    assert sorted(path.name for path in made.iterdir()) == [
        "README.txt",
        "checkpoint",
        "entries",
        "key.pub",
        "tile",
        "verify.py",
    ]


def test_what_a_printed_report_names_is_found_in_a_later_export(made: Path, log: Viewer) -> None:
    before = verify(log.organisation)
    size, root = before.size, before.root.hex()
    record_now(log, OPEN)
    writer.stop()
    export(log.organisation, made)
    hashed = proofs.proof_of(log.organisation, 17).leaf.hex()
    status, said, _ = run(made, "--first", str(size), "--entry", "17")
    assert status == 0
    assert said.splitlines()[1:] == [
        f"entry 17: hash {hashed}",
        f"the first {size} entries: root {root}",
    ]


@pytest.mark.parametrize("first", [1, 255, 256, 257, 511, 512, 513, 600])
def test_the_root_of_every_smaller_tree_can_be_asked_for(sample: Path, first: int) -> None:
    leaves = [
        leaf
        for number, width in ((0, 256), (1, 256), (2, 88))
        for leaf in offline.leaves_in(
            (sample / "entries" / offline.number_path(number, width)).read_bytes(), 0
        )
    ]
    said = offline.verify(sample, None, (first, frozenset())).splitlines()[1]
    assert said == f"the first {first} entries: root {merkle.root_of(leaves[:first]).hex()}"


@pytest.mark.parametrize("asked", [("--first", "601"), ("--entry", "600"), ("--entry", "-1")])
def test_what_is_not_in_the_export_cannot_be_asked_for(
    sample: Path, asked: tuple[str, ...]
) -> None:
    status, said, error = run(sample, *asked, program=Path(offline.__file__))
    assert (status, said) == (2, "")
    assert "the export holds 600 entries" in error


def test_an_empty_log_is_whole_for_a_stranger(ada: Viewer, tmp_path: Path) -> None:
    export(ada.organisation, tmp_path)
    status, said, _ = run(tmp_path)
    assert (status, said[:36]) == (0, "whole: 0 entries, root e3b0c44298fc1")


def test_nothing_readable_leaves(made: Path) -> None:
    for path in made.rglob("*"):
        assert path.is_dir() or b"canary" not in path.read_bytes()


def test_an_export_over_an_older_one_leaves_nothing_stale(log: Viewer, made: Path) -> None:
    before = {path.relative_to(made) for path in made.rglob("*")}
    with wall.writing(log.organisation):
        for _ in range(250):
            record(log, "forms:submission:arrive")
    writer.stop()
    export(log.organisation, made)
    after = {path.relative_to(made) for path in made.rglob("*")}
    assert {str(path) for path in before - after} == {
        "entries/001.p/44",
        "entries/001.p",
        "tile/0/001.p/44",
        "tile/0/001.p",
        "tile/1/000.p/1",
    }
    assert run(made)[1].startswith("whole: 550 entries")


def test_a_folder_that_holds_something_else_is_left_alone(log: Viewer, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear Pat")
    with pytest.raises(ExportRefused, match=r"letter\.txt"):
        export(log.organisation, tmp_path)
    with pytest.raises(ExportRefused):
        export(log.organisation, tmp_path / "letter.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_an_export_that_was_interrupted_can_be_made_again(log: Viewer, made: Path) -> None:
    shutil.rmtree(made / "tile")
    (made / ".new-export" / "entries").mkdir(parents=True)
    export(log.organisation, made)
    assert run(made)[0] == 0
    assert not (made / ".new-export").exists()


@pytest.mark.parametrize("index", [0, 100, 255, 256, 299])
def test_an_edit_in_the_store_is_named_by_the_export(
    log: Viewer, hands: Hands, tmp_path: Path, index: int
) -> None:
    hands.change(
        "UPDATE trail_entry SET kind = 'x' WHERE \"index\" = ? AND organisation_id = :org", index
    )
    export(log.organisation, tmp_path)
    status, said, _ = run(tmp_path)
    assert (status, said) == (1, f"not whole: entry {index} was edited\n")


def test_a_deletion_in_the_store_is_named_by_the_export(
    log: Viewer, hands: Hands, tmp_path: Path
) -> None:
    hands.delete_entry(100)
    export(log.organisation, tmp_path)
    assert run(tmp_path)[:2] == (1, "not whole: entry 100 was deleted\n")


def test_a_key_received_by_another_way_is_used(
    log: Viewer, cy: Viewer, made: Path, tmp_path: Path
) -> None:
    export(cy.organisation, tmp_path / "other")
    assert run(made, "--key", str(made / "key.pub"))[0] == 0
    status, said, _ = run(made, "--key", str(tmp_path / "other" / "key.pub"))
    assert (status, said) == (
        1,
        "not whole: head: the checkpoint of size 300 is not signed by this key\n",
    )


def test_the_sample_is_whole(sample: Path) -> None:
    assert judged(sample)[0] == 0


def _bundle(folder: Path, number: int) -> tuple[Path, list[bytes]]:
    width = min(256, 600 - number * 256)
    path = folder / "entries" / tiles.number_path(number, width)
    data, entries = path.read_bytes(), []
    while data:
        length = 2 + int.from_bytes(data[:2], "big")
        entries.append(data[:length])
        data = data[length:]
    return path, entries


def _rewrite(folder: Path, number: int, change: Callable[[list[bytes]], object]) -> None:
    path, entries = _bundle(folder, number)
    change(entries)
    path.write_bytes(b"".join(entries))


def _swap(entries: list[bytes]) -> None:
    entries[3], entries[7] = entries[7], entries[3]


def _edit(entries: list[bytes]) -> None:
    entries[5] = entries[5][:-1] + bytes([entries[5][-1] ^ 1])


CHANGES: dict[str, tuple[Callable[[list[bytes]], object], int, str]] = {
    "edited": (_edit, 5, "was edited"),
    "deleted": (lambda entries: entries.pop(9), 9, "was deleted"),
    "inserted": (lambda entries: entries.insert(11, entries[40]), 11, "was inserted"),
    "swapped": (_swap, 3, "was moved"),
    "truncated": (lambda entries: entries.pop(), -1, "was deleted"),
    "lengthened": (lambda entries: entries.append(entries[0]), -2, "was inserted"),
}


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_to_the_entries_is_named(copy: Path, change: str, number: int) -> None:
    act, at, fact = CHANGES[change]
    width = min(256, 600 - number * 256)
    position = number * 256 + {-1: width - 1, -2: width}.get(at, at)
    _rewrite(copy, number, act)
    status, said = judged(copy)
    assert status == 1
    assert said.startswith(f"entry {position} {fact}"), said


def test_an_entry_edited_together_with_its_tile_is_not_whole(copy: Path) -> None:
    _rewrite(copy, 0, _edit)
    _, entries = _bundle(copy, 0)
    hashes = b"".join(merkle.leaf_hash(entry[2:]) for entry in entries)
    (copy / "tile" / "0" / "000").write_bytes(hashes)
    status, said = judged(copy)
    assert (status, said) == (1, "entry 0 or one after it was edited")


@pytest.mark.parametrize("level", ["0/000", "0/001", "0/002.p/88", "1/000.p/2"])
def test_a_changed_or_missing_tile_is_named(copy: Path, level: str) -> None:
    path = copy / "tile" / level
    path.write_bytes(bytes(len(path.read_bytes())))
    assert judged(copy)[1].startswith("the tile over entry ")
    path.unlink()
    assert f"tile/{level} is gone" in judged(copy)[1]


@pytest.mark.parametrize(
    "name",
    [
        "entries/000.p/256",
        "entries/002",
        "entries/003",
        f"entries/{'9' * 200}",
        "entries/x",
        "entries/x000/001",
        "tile/0/000.p/3",
        "tile/0/003",
        "tile/2/000",
        "tile/notes",
    ],
)
def test_a_file_beyond_the_head_is_named(copy: Path, name: str) -> None:
    _write(copy / name, b"")
    status, said = judged(copy)
    assert status == 1
    assert "600" in said


@pytest.mark.parametrize("folder", ["tile", "tile/0", "entries"])
def test_a_name_that_is_no_text_is_written_in_ascii(copy: Path, folder: str) -> None:
    (copy / os.fsdecode(os.fsencode(folder) + b"/\xff\xfe")).write_bytes(b"")
    command = [sys.executable, "-S", offline.__file__, str(copy)]
    strict = {"PYTHONIOENCODING": "utf-8:strict", "PYTHONUTF8": "1"}
    done = subprocess.run(command, capture_output=True, env=strict, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    assert f"{folder}/\\udcff\\udcfe".encode() in done.stdout


def test_an_answer_that_cannot_be_written_is_none(copy: Path) -> None:
    for status in (0, 1):
        assert judged(copy)[0] == status
        with Path("/dev/full").open("wb") as full:
            command = _command(copy, Path(offline.__file__))
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
        assert (done.returncode, done.stderr) == (2, b"cannot be checked: OSError\n")
        (copy / "entries" / "001").unlink(missing_ok=True)


def test_each_missing_bundle_is_named(copy: Path) -> None:
    (copy / "entries" / "001").unlink()
    assert judged(copy) == (1, "entry 256 was deleted: entries/001 is gone")


def test_a_folder_in_the_place_of_a_file_is_named(copy: Path) -> None:
    (copy / "entries" / "001").unlink()
    (copy / "entries" / "001").mkdir()
    assert judged(copy)[0] == 1


def test_each_bit_of_the_head_counts(copy: Path) -> None:
    data = (copy / "checkpoint").read_bytes()
    for bit in range(0, len(data) * 8, 11):
        broken = bytearray(data)
        broken[bit // 8] ^= 1 << bit % 8
        (copy / "checkpoint").write_bytes(broken)
        assert judged(copy)[0] in {1, 2}


@pytest.mark.parametrize("name", ["checkpoint", "key.pub"])
def test_without_head_or_key_nothing_can_be_checked(copy: Path, name: str) -> None:
    shutil.copy(offline.__file__, copy / "verify.py")
    (copy / name).unlink()
    status, said, error = run(copy)
    assert (status, said) == (2, "")
    assert error.startswith("cannot be checked: ")


@pytest.mark.parametrize("name", ["checkpoint", "key.pub"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(noise=st.binary(max_size=300))
def test_noise_for_head_or_key_is_unusable(copy: Path, name: str, noise: bytes) -> None:
    before = (copy / name).read_bytes()
    (copy / name).write_bytes(noise)
    assert judged(copy)[0] == 2
    (copy / name).write_bytes(before)


@pytest.mark.parametrize("name", ["entries/001", "tile/0/001"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(noise=st.binary(max_size=300))
def test_noise_for_entries_or_tiles_is_not_whole(copy: Path, name: str, noise: bytes) -> None:
    before = (copy / name).read_bytes()
    (copy / name).write_bytes(noise)
    assert judged(copy)[0] == 1
    (copy / name).write_bytes(before)


@pytest.mark.parametrize("size", [2**63 - 1, 10**12])
def test_a_huge_size_is_answered_at_once(copy: Path, size: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    _sign(copy, size, bytes(32), key)
    assert judged(copy)[0] == 1


def test_numbers_beyond_all_bounds_are_unusable(copy: Path) -> None:
    for size in (2**63, int("9" * 4000)):
        note = (copy / "checkpoint").read_text()
        (copy / "checkpoint").write_text(note.replace("\n600\n", f"\n{size}\n"))
        assert judged(copy)[0] == 2
        (copy / "checkpoint").write_text(note)


@pytest.mark.parametrize("what", ["missing", "a file", "a pipe"])
def test_what_is_no_export_is_unusable(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "here"
    if what == "a file":
        folder.write_text("")
    if what == "a pipe":
        folder.mkdir()
        os.mkfifo(folder / "checkpoint")
    status, said, error = run(folder, program=Path(offline.__file__))
    assert (status, said) == (2, "")
    assert error.startswith("cannot be checked: ")
    assert "Traceback" not in error


def test_a_wrong_command_line_is_unusable() -> None:
    done = subprocess.run(
        [sys.executable, offline.__file__], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100))
@settings(deadline=None, max_examples=30)
def test_its_ed25519_accepts_what_another_signed(seed: bytes, message: bytes) -> None:
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    assert offline.is_signature(public, message, signature)
    assert not offline.is_signature(public, message + b"x", signature)
    scalar = int.from_bytes(signature[32:], "little") + offline.ORDER
    if scalar < 2**256:  # the same signature in another form (RFC 8032 5.1.7 refuses it)
        another = signature[:32] + scalar.to_bytes(32, "little")
        assert not offline.is_signature(public, message, another)


@pytest.mark.parametrize("bit", range(0, 512, 7))
def test_each_bit_of_a_signature_counts(bit: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    signature = bytearray(key.sign(b"head"))
    signature[bit // 8] ^= 1 << bit % 8
    public = key.public_key().public_bytes_raw()
    assert not offline.is_signature(public, b"head", bytes(signature))


@pytest.mark.parametrize("y", [2, offline.P, offline.P + 1, 2**255 - 1, 2**255 + 1])
def test_bytes_that_are_no_point_are_refused(y: int) -> None:
    assert offline.point_from((y % 2**256).to_bytes(32, "little")) is None


def test_base64_written_otherwise_is_refused() -> None:
    for text in ("AAB=", "AA", "A A=", "AA==\n", "ÄÄ=="):
        with pytest.raises(ValueError, match=r".*"):
            offline.decoded(text)
    assert offline.decoded(b64encode(b"ab").decode()) == b64decode("YWI=")


def test_a_subject_of_the_trail_is_not_named_in_an_export(ada: Viewer, tmp_path: Path) -> None:
    person = uuid7()
    record_now(ada, OPEN, subjects=[Subject("persons.person", (), (), (person,))])
    export(ada.organisation, tmp_path)
    data = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert person.bytes not in data
    assert str(person).encode() not in data
