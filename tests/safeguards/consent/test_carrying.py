"""An address of a privacy notice from before there were versions becomes version 1."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from keepwell.safeguards.consent.notices.queries import read_by_anybody
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from tests.people import make_clinic
from tests.stores.session import Stores

BEFORE = [("tenancy", "0005_emergency_minutes"), ("consent", "0001_initial")]
ADDRESS = "https://ashgrove.example/privacy"


def go_to(targets: list[tuple[str, str]]) -> None:
    MigrationExecutor(connection).migrate(targets)


def newest() -> list[tuple[str, str]]:
    """Return the last migration of every app, whatever came since."""
    leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()
    return [leaf for leaf in leaves if leaf[0] not in {"keystore", "trail"}]


@pytest.mark.embedded  # on PostgreSQL only the owner may change tables, and tests are not the owner
def test_an_address_becomes_version_one_and_none_becomes_nothing(stores: Stores) -> None:
    ashgrove = make_clinic("Ashgrove Clinic", "Ada").organisation
    cedar = make_clinic("Cedar Practice", "Cy").organisation
    go_to(BEFORE)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tenancy_organisation SET privacy_notice_url = %s WHERE name = %s",
            [ADDRESS, "Ashgrove Clinic"],
        )
    go_to(newest())
    read = read_by_anybody(ashgrove)
    assert read is not None
    assert (read.notice.number, read.is_in_force, read.text.language) == (1, True, "en")
    assert (read.text.address, read.text.text) == (ADDRESS, "")
    assert read_by_anybody(cedar) is None
    with wall.reading(ashgrove.id):
        assert not hasattr(Organisation.objects.get(pk=ashgrove.id), "privacy_notice_url")
