"""What we hold: every sealed field that the code declares, with this organisation's counts."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.utils.html import escape

from keepwell.office.holdings import queries
from keepwell.products.forms.models import Attachment
from keepwell.safeguards.records.catalogue import sealed_fields, sealed_models
from keepwell.safeguards.records.models import SealedRecord
from keepwell.safeguards.records.retention import Retention
from tests.office.rooms import House, text_of


def count_of(house: House, model: str, name: str = "Ada") -> int:
    return next(one.count for one in queries.sealed_of(house.viewer(name)) if one.model == model)


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
    (held,) = (one for one in queries.sealed_of(house.viewer()) if one.model == "persons.person")
    assert timedelta(days=held.days or 0) == timedelta(days=90)


def test_what_an_app_erases_itself_is_said_too(ada: Client) -> None:
    assert "7 days after “touched”, then erased by itself" in text_of(ada.get("/holdings/"))


def test_fields_that_are_found_together_are_named_together(ada: Client) -> None:
    assert "name with birth date" in text_of(ada.get("/holdings/"))


@pytest.mark.parametrize(
    ("name", "status"), [("Ada", 200), ("Abe", 200), ("Dee", 200), ("Ben", 403), ("Cy", 200)]
)
def test_who_may_see_it(house: House, name: str, status: int) -> None:
    assert house.browser(name).get("/holdings/").status_code == status
