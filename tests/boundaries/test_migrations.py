"""What models declare is what migrations make: nobody's database lacks a change."""

import pytest
from django.core.management import call_command

from keepwell.products.forms.models import Form
from tests.stores.session import Stores


def check_migrations() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_change_of_a_model_has_its_migration(stores: Stores) -> None:
    check_migrations()


def test_a_change_without_a_migration_is_noticed(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    field = Form._meta.get_field("title")
    monkeypatch.setattr(field, "null", not field.null)
    with pytest.raises(SystemExit):
        check_migrations()
