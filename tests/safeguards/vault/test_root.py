"""The root key file: made once, for one account, recognised when it is the wrong one."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.core.checks import CheckMessage, run_checks

from keepwell.safeguards.vault import keys, root, sealing
from keepwell.safeguards.vault.errors import (
    RootKeyDamaged,
    RootKeyError,
    RootKeyExists,
    RootKeyMissing,
    RootKeyUnreadable,
    RootKeyWrong,
)
from keepwell.safeguards.vault.keystore.models import RootMarker
from keepwell.safeguards.vault.root import FileRoot
from keepwell.toolkit.envelope import SealBroken
from keepwell.toolkit.identifiers import uuid7
from tests.safeguards.vault.keepers import NAME, binding

KEY = os.urandom(32)


@pytest.fixture
def own_root(tmp_path: Path) -> FileRoot:
    return FileRoot.create(tmp_path / "root.key")


@pytest.fixture
def root_key_file() -> Iterator[Path]:
    """Lend the installation's root key file to a test that replaces it."""
    path = Path(settings.KEEPWELL_ROOT_KEY)
    kept = path.read_bytes()
    yield path
    path.unlink(missing_ok=True)
    FileRoot.create(path, root.key_from_escrow(kept.decode()))


def findings_of_the_vault() -> list[CheckMessage]:
    found = run_checks(databases=["keys"])
    return [finding for finding in found if str(finding.id).startswith("vault.")]


def test_a_root_key_is_for_one_account_and_new_each_time(
    own_root: FileRoot, tmp_path: Path
) -> None:
    assert own_root.path.stat().st_mode & 0o777 == 0o600
    assert FileRoot.create(tmp_path / "another").key() != own_root.key()


def test_the_mode_is_right_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert FileRoot.create(tmp_path / "root.key").path.stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(before)


def test_a_root_key_is_never_written_over(own_root: FileRoot) -> None:
    before = own_root.path.read_bytes()
    with pytest.raises(RootKeyExists):
        FileRoot.create(own_root.path)
    assert own_root.path.read_bytes() == before


def test_the_printed_text_restores_the_file(own_root: FileRoot, tmp_path: Path) -> None:
    printed = own_root.escrow()
    typed = tmp_path / "typed.key"
    typed.touch(mode=0o600)
    typed.write_text(printed.lower().replace("-", ""))
    wrapped = own_root.wrap(b"context", KEY)
    assert FileRoot(typed).unwrap(b"context", wrapped) == KEY
    again = FileRoot.create(tmp_path / "again.key", root.key_from_escrow(printed))
    assert again.path.read_bytes() == own_root.path.read_bytes()


def test_what_is_wrapped_for_one_purpose_does_not_unwrap_for_another(own_root: FileRoot) -> None:
    wrapped = own_root.wrap(b"one", KEY)
    assert own_root.unwrap(b"one", wrapped) == KEY
    with pytest.raises(SealBroken):
        own_root.unwrap(b"other", wrapped)


def test_another_root_key_does_not_unwrap(own_root: FileRoot, tmp_path: Path) -> None:
    with pytest.raises(SealBroken):
        FileRoot.create(tmp_path / "other").unwrap(b"one", own_root.wrap(b"one", KEY))


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(RootKeyMissing, match="not there"):
        FileRoot(tmp_path / "nothing").health()


def test_a_folder_in_its_place_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(RootKeyUnreadable, match="cannot be read"):
        FileRoot(tmp_path).health()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o777])
def test_a_file_that_others_reach_is_refused(own_root: FileRoot, mode: int) -> None:
    own_root.path.chmod(mode)
    with pytest.raises(RootKeyUnreadable, match=f"mode {mode:04o}"):
        own_root.health()


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", os.urandom(5000), b"keepwell root key 1"]
)
def test_a_file_of_another_kind_gets_one_sentence(own_root: FileRoot, content: bytes) -> None:
    own_root.path.write_bytes(content)
    with pytest.raises(RootKeyDamaged) as caught:
        own_root.health()
    assert str(caught.value).endswith(".")


def test_each_truncation_of_the_file_is_noticed(own_root: FileRoot) -> None:
    whole = own_root.path.read_bytes()
    for length in range(len(whole) - 1):
        own_root.path.write_bytes(whole[:length])
        with pytest.raises(RootKeyDamaged):
            own_root.health()


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RootKeyUnreadable, match="cannot be made"):
        FileRoot.create(tmp_path / "no such folder" / "root.key")


@pytest.mark.usefixtures("stores")
def test_the_right_root_key_passes_the_check() -> None:
    root.mark()
    root.check()
    assert findings_of_the_vault() == []


@pytest.mark.usefixtures("stores")
def test_a_marker_is_made_once() -> None:
    root.mark()
    before = bytes(RootMarker.objects.get().wrapped)
    root.mark()
    assert bytes(RootMarker.objects.get().wrapped) == before


def test_a_wrong_root_key_is_noticed_and_named(ada: UUID, root_key_file: Path) -> None:
    right = root.provider().fingerprint()
    root_key_file.unlink()
    wrong = FileRoot.create(root_key_file).fingerprint()
    with pytest.raises(RootKeyWrong) as caught:
        root.check()
    assert right in str(caught.value)
    assert wrong in str(caught.value)
    findings = findings_of_the_vault()
    assert [finding.id for finding in findings] == ["vault.E003"]
    assert "not the one this keystore was made with" in findings[0].msg


def test_with_a_wrong_root_key_nothing_opens_and_nothing_is_made(
    ada: UUID, root_key_file: Path
) -> None:
    key, place = keys.new_data_key(ada), binding(ada)
    sealed = sealing.seal(key, place, NAME)
    keys.forget()
    shutil.copy(root_key_file, root_key_file.with_suffix(".kept"))
    root_key_file.unlink()
    FileRoot.create(root_key_file)
    with pytest.raises(RootKeyWrong):
        sealing.open_sealed(key, place, sealed)
    with pytest.raises(RootKeyWrong):
        keys.new_data_key(ada)
    with pytest.raises(RootKeyWrong):
        keys.make_organisation_keys(uuid7())
    root_key_file.with_suffix(".kept").replace(root_key_file)
    assert sealing.open_sealed(key, place, sealed) == NAME


def test_with_the_root_key_away_nothing_opens_until_it_is_back(
    ada: UUID, root_key_file: Path
) -> None:
    key, place = keys.new_data_key(ada), binding(ada)
    sealed = sealing.seal(key, place, NAME)
    keys.forget()
    kept = root_key_file.rename(root_key_file.with_suffix(".kept"))
    with pytest.raises(RootKeyMissing) as caught:
        sealing.open_sealed(key, place, sealed)
    assert isinstance(caught.value, RootKeyError)
    assert caught.value.status == 503
    kept.rename(root_key_file)
    assert sealing.open_sealed(key, place, sealed) == NAME
