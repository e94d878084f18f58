"""`keepwell keys reindex` begins a renewal, and says how far it is."""

from datetime import date

import pytest

from keepwell.cli.organisations import Named
from keepwell.cli.search_keys import begin_or_tell
from keepwell.safeguards.access import viewers
from keepwell.safeguards.persons.actions import create_person
from keepwell.safeguards.records import reindexing
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.vault import blind
from keepwell.toolkit import clock
from tests.safeguards.records.readings import payloads

SETTLED = blind.SETTLING.total_seconds() + 1


def test_it_begins_once_and_then_tells(
    organisation: Organisation, capsys: pytest.CaptureFixture[str]
) -> None:
    named = Named(organisation.id, "Ashgrove Clinic")
    viewer = viewers.console(organisation.id, account="ines")
    for _number in range(3):
        create_person(viewer, name="Pat Nakamura", born=date(1961, 4, 2))

    def said() -> str:
        begin_or_tell(named, viewer)
        return capsys.readouterr().out

    assert "renews 3 records" in said()
    assert "takes over within 11 minutes" in said()
    with clock.moved(SETTLED):
        assert "3 records are still to be renewed" in said()
        reindexing.go_on()
        assert blind.versions(organisation.id) == [2]
    (begun,) = payloads(viewer, "records:index:begin")
    assert (begun.account, begun.detail) == ("ines", {"version": "2"})
