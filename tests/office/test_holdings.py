"""What we hold: every sealed field that the code declares, with this organisation's counts."""

import re
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils.html import escape
from pytest_django import Settings

from keepwell.office.holdings import queries
from keepwell.products.forms.models import Attachment
from keepwell.safeguards.audit import elsewhere
from keepwell.safeguards.erasure import rows
from keepwell.safeguards.mail import spool
from keepwell.safeguards.records.catalogue import sealed_fields, sealed_models
from keepwell.safeguards.records.models import SealedRecord
from keepwell.safeguards.records.retention import Retention
from keepwell.safeguards.vault import blobs
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.office.rooms import House, text_of


def count_of(house: House, model: str, name: str = "Ada") -> int:
    return next(one.count for one in sealed_of(house, name) if one.model == model)


def sealed_of(house: House, name: str = "Ada") -> list[queries.Holding]:
    viewer = house.viewer(name)
    return queries.sealed_of(viewer, queries.counts_of(viewer))


def told_of(house: House, store: str, name: str = "Ada") -> str:
    """Return what the page says of one store or folder."""
    viewer = house.viewer(name)
    stores = queries.stores_of(viewer, queries.counts_of(viewer))
    (said,) = (one.words for one in stores if one.name == store)
    return said


def test_every_sealed_field_of_the_code_stands_on_the_page(ada: Client) -> None:
    page = text_of(ada.get("/holdings/"))
    slots = {fact.slot for fact in sealed_fields()}
    assert len(slots) > 5
    assert slots <= set(re.findall(r'mono smaller">([\w.]+)<', page))
    for model in sealed_models():
        assert f"default.{model._meta.db_table}" in page


def test_it_counts_the_rows_of_this_organisation_only(house: House, pat: UUID) -> None:
    assert count_of(house, "persons.person") == 1
    house.person(name="Rosa")
    assert count_of(house, "persons.person") == 2
    assert count_of(house, "persons.person", "Cy") == 0


def test_nothing_is_opened_and_no_value_stands_there(house: House, ada: Client, pat: UUID) -> None:
    page = text_of(ada.get("/holdings/"))
    assert "Pat Winters" not in page
    assert str(pat) not in page
    assert house.payloads("records:fields:open") == []


def test_what_is_not_sealed_says_why(ada: Client) -> None:
    page = text_of(ada.get("/holdings/"))
    for reason in Attachment.plain.values():
        assert escape(reason) in page


def test_a_retention_is_said_as_the_model_declares_it(
    house: House, ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = next(one for one in sealed_models() if one._meta.label_lower == "persons.person")
    assert "90 days" not in text_of(ada.get("/holdings/"))
    assert issubclass(model, SealedRecord)
    monkeypatch.setattr(model, "retention", Retention(days=90, after="created"))
    assert "90 days after “created”, then erased by itself" in text_of(ada.get("/holdings/"))
    (held,) = (one for one in sealed_of(house) if one.model == "persons.person")
    assert timedelta(days=held.days or 0) == timedelta(days=90)


def test_what_an_app_erases_itself_is_said_too(ada: Client) -> None:
    assert "7 days after “last change”, then erased by itself" in text_of(ada.get("/holdings/"))


def test_what_is_held_is_named_in_words_for_people(ada: Client) -> None:
    page = text_of(ada.get("/holdings/"))
    for words in ("Summary for the inbox", "Fingerprint (SHA-256)"):
        assert f'<th scope="row" class="whole strong">{words}</th>' in page
    for of_the_program in (">Brief<", ">Sha256<", "“touched”"):
        assert of_the_program not in page


def test_no_kind_of_what_is_held_has_an_s_too_many() -> None:
    named = [
        (str(one._meta.verbose_name), str(one._meta.verbose_name_plural)) for one in rows.walled()
    ]
    assert ("emergency access", "times of emergency access") in named
    hissing = ("s", "x", "z", "ch", "sh")
    assert [many for one, many in named if one.endswith(hissing) and many == f"{one}s"] == []
    assert [many for _one, many in named if re.search(r"sss$|[^aeiou]ys$", many)] == []


def test_fields_that_are_found_together_are_named_together(ada: Client) -> None:
    assert "name with birth date" in text_of(ada.get("/holdings/"))


def test_files_are_counted_without_those_of_others_and_half_written_ones(
    house: House, ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert told_of(house, "Files").startswith("0 files,")
    for row in (first := uuid7(), uuid7(), uuid7()):
        path = blobs.path_of(house.clinic.organisation.id, row)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"sealed")
    half = blobs.path_of(house.clinic.organisation.id, first)
    half.with_name(f".{half.name}.00.unfinished").write_bytes(b"sealed")
    assert told_of(house, "Files").startswith("3 files,")
    assert told_of(house, "Files", "Cy").startswith("0 files,")
    assert told_of(house, "Files") in text_of(ada.get("/holdings/"))
    monkeypatch.setattr(queries, "MOST_COUNTED", 2)
    assert told_of(house, "Files").startswith("More than 2 files,")


def test_mail_that_waits_is_counted(house: House, ada: Client) -> None:
    assert "wait for a mail server: 0;" in told_of(house, "Mail that waits")
    for _number in range(3):
        letter = EmailMessage()
        letter["To"] = "ben@example.org"
        spool.put(uuid7(), letter)
    spool.set_aside(spool.waiting()[2])
    told = told_of(house, "Mail that waits")
    assert "wait for a mail server: 2; that it refused: 1." in told
    assert escape(told) in ada.get("/holdings/").content.decode()


def test_heads_kept_elsewhere_are_counted_by_day(
    house: House, settings: Settings, tmp_path: Path
) -> None:
    store = "Signed heads of the trail"
    settings.KEEPWELL_CHECKPOINTS = None
    assert "none is kept" in told_of(house, store)
    settings.KEEPWELL_CHECKPOINTS = tmp_path / "heads"
    assert told_of(house, store).startswith("Kept: 0,")
    for day in (0, 1):
        with clock.moved(day * 86_400):
            elsewhere.keep(house.clinic.organisation.id, tmp_path / "heads")
    assert told_of(house, store).startswith("Kept: 2,")
    assert told_of(house, store, "Cy").startswith("Kept: 0,")
    settings.KEEPWELL_CHECKPOINTS = tmp_path / "file"
    (tmp_path / "file").write_text("not a folder")
    assert "cannot be read" in told_of(house, store)


def test_rows_are_counted_once_for_the_whole_page(
    house: House, ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[UUID] = []
    counts = rows.counts

    def counted(organisation: UUID, **options: Any) -> dict[str, int]:
        asked.append(organisation)
        return counts(organisation, **options)

    monkeypatch.setattr(rows, "counts", counted)
    assert ada.get("/holdings/").status_code == 200
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("name", "status"), [("Ada", 200), ("Abe", 200), ("Dee", 200), ("Ben", 403), ("Cy", 200)]
)
def test_who_may_see_it(house: House, name: str, status: int) -> None:
    assert house.browser(name).get("/holdings/").status_code == status
