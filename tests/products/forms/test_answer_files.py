"""Files in posted pages: taken by their bytes, refused in words, removed by a button."""

from typing import Any

import pytest

from keepwell.products.forms.answers import (
    Upload,
)
from keepwell.products.forms.compiled import CompiledForm
from keepwell.products.forms.values import (
    Answers,
)
from tests.products.forms.making import (
    extension,
    form_of,
    item,
    posted,
    said,
)

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100


def only(form: CompiledForm, answers: Answers) -> Any:
    return answers.at(form.items[0].link_id)


def files_form(**more: Any) -> CompiledForm:
    return form_of(item("a", "attachment", **more))


def test_a_file_is_taken_by_its_bytes() -> None:
    form = files_form()
    result = posted(form, files={"f0": [Upload("C:\\photos\\card.exe", PNG)]})
    (facts,) = only(form, result.answers)
    assert (facts.name, facts.mime, facts.size_bytes) == ("card.exe", "image/png", len(PNG))
    assert result.files[facts.sha256].content == PNG


@pytest.mark.parametrize(
    ("code", "name", "content"),
    [
        ("file_empty", "a.png", b""),
        ("file_large", "a.png", PNG * 20_000),
        ("file_kind", "a.png", b"<html><script>x</script>"),
        ("file_kind", "a.jpg", b"MZ\x90\x00" + b"\x00" * 80),
        ("file_kind", "a.svg", b"\xef\xbb\xbf <svg onload='x()'/>"),
        ("file_kind", "a.txt", b"#!/bin/sh"),
        ("file_kind", "a.zip", b"PK\x03\x04" + b"\x00" * 80),
    ],
)
def test_a_file_is_refused(code: str, name: str, content: bytes) -> None:
    result = posted(files_form(), files={"f0": [Upload(name, content)]})
    assert [error.code for error in result.errors] == [code]
    assert result.files == {}
    assert name in said(result)[0]


def test_a_form_narrows_the_kinds_and_size_of_files() -> None:
    pdf = extension("mimeType", valueCode="application/pdf")
    small = extension("maxSize", valueDecimal=50)
    assert posted(files_form(extension=[pdf]), files={"f0": [Upload("a", PNG)]}).errors
    assert posted(files_form(extension=[small]), files={"f0": [Upload("a", PNG)]}).errors


def test_kept_files_stay_until_they_are_removed() -> None:
    form = files_form(repeats=True)
    first = posted(form, files={"f0": [Upload("a.png", PNG)]})
    (one,) = only(form, first.answers)
    both = posted(
        form, before=first.answers, f0__kept=[one.sha256], files={"f0": [Upload("b.txt", b"hello")]}
    )
    assert [file.name for file in only(form, both.answers)] == ["a.png", "b.txt"]
    kept = [file.sha256 for file in only(form, both.answers)]
    left = posted(form, before=both.answers, f0__kept=kept, act=f"remove:f0:{one.sha256}")
    assert [file.name for file in only(form, left.answers)] == ["b.txt"]


def test_a_file_cannot_be_claimed_by_its_digest() -> None:
    assert posted(files_form(), f0__kept=["a" * 64]).answers == Answers()


def test_a_misleading_file_name_is_straightened() -> None:
    form = files_form()
    result = posted(form, files={"f0": [Upload("card\u202egnp.exe\x00", PNG)]})
    assert only(form, result.answers)[0].name == "cardgnp.exe"
