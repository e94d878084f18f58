"""Patients get only their part, and little of it."""

import gzip
import re
from pathlib import Path

from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static

from keepwell.shell import bundles


def _compressed(root: Path, name: str) -> int:
    return len(gzip.compress((root / name).read_bytes()))


def test_a_patients_style_and_icons_are_small(static_files: Path) -> None:
    sizes = [_compressed(static_files, n) for n in ("shell/patient.css", bundles.PATIENT_SPRITE)]
    assert sum(sizes) < 8 * 1024


def test_bundles_are_their_files_end_to_end(static_files: Path) -> None:
    made = (static_files / "shell/patient.css").read_text()
    for part in bundles.BUNDLES["shell/patient.css"]:
        assert (static_files / part).read_text() in made
    assert ".rail" not in made


def test_layers_are_ordered_before_any_is_filled(static_files: Path) -> None:
    for name in bundles.BUNDLES:
        first = re.search(r"@layer [^;{]*[;{]", (static_files / name).read_text())
        assert first is not None
        assert first.group(0) == "@layer reset, tokens, base, components, pages;"


def test_static_files_have_hashed_names_and_compressed_twins(static_files: Path) -> None:
    address = static("shell/staff.css")
    assert re.fullmatch(r"/static/shell/staff\.[0-9a-f]{12}\.css", address)
    hashed = static_files / address.removeprefix("/static/")
    assert hashed.with_name(hashed.name + ".gz").exists()


def test_the_small_sprite_has_the_named_icons_and_no_other(static_files: Path) -> None:
    sprite = (static_files / bundles.PATIENT_SPRITE).read_text()
    assert set(re.findall(r'<symbol id="([a-z-]+)"', sprite)) == bundles.PATIENT_ICONS


def test_a_name_that_was_never_collected_is_an_error() -> None:
    try:
        staticfiles_storage.url("shell/nothing.css")
    except ValueError as error:
        assert "nothing.css" in str(error)  # noqa: PT017
    else:
        raise AssertionError("a page would have named a file that is not there")
