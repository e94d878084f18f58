"""Behind a pooler with one server connection, no organisation ever sees the wall of another."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from keepwell.products.forms.models import Form
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.actions import record, record_now
from keepwell.safeguards.audit.verifier import verify
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7
from tests.safeguards.audit.conftest import viewer_in
from tests.stores.pooler import PORT, pooling
from tests.stores.scale import ScaleStores

pytestmark = pytest.mark.scale
TURNS = 60
HERE = "SELECT pg_backend_pid(), current_setting('keepwell.organisation', true)"


@pytest.fixture
def pooled(stores: ScaleStores, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let every connection of this process go through the pooler."""
    with pooling(stores.server.sockets) as folder:
        connections.close_all()
        for alias in connections:
            monkeypatch.setitem(connections.settings[alias], "HOST", str(folder))
            monkeypatch.setitem(connections.settings[alias], "PORT", str(PORT))
        yield
        writer.stop()
        connections.close_all()


def here() -> tuple[int, str]:
    """Return which server process answers, and which organisation it works for."""
    with connections["default"].cursor() as cursor:
        cursor.execute(HERE)
        process, organisation = cursor.fetchone()
    return int(process), organisation or ""


def work(organisation: UUID) -> tuple[set[Any], set[int]]:
    """Go in and out of a wall; return whose rows were seen, and by which server processes."""
    seen: set[Any] = set()
    processes: set[int] = set()
    try:
        for _ in range(TURNS):
            with wall.reading(organisation):
                seen |= set(Form._base_manager.values_list("organisation_id", flat=True))
                process, inside = here()
            assert inside == str(organisation)
            outside_process, outside = here()
            assert outside == ""
            assert not Form._base_manager.exists()
            processes |= {process, outside_process}
    finally:
        connections.close_all()
    return seen, processes


def test_two_organisations_share_one_server_connection_and_no_row(
    organisation: Organisation, other_organisation: Organisation, pooled: None
) -> None:
    both = [organisation.id, other_organisation.id]
    for each in both:
        with wall.writing(each):
            Form(
                organisation_id=each, title="", working="{}", created=clock.now(), created_by=each
            ).save()
    connections.close_all()
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(work, both * 2))
    assert [seen for seen, _ in outcomes] == [{each} for each in both * 2]
    assert len(set.union(*(processes for _, processes in outcomes))) == 1


def test_two_trails_are_written_through_it(
    organisation: Organisation, other_organisation: Organisation, pooled: None
) -> None:
    for _ in range(10):
        for each in (organisation.id, other_organisation.id):
            record_now(viewer_in(each), "records:fields:open")
            with wall.writing(each):
                record(viewer_in(each), "forms:submission:arrive", reason=str(uuid7()))
    writer.stop()
    for each in (organisation.id, other_organisation.id):
        report = verify(each)
        assert (report.is_whole, report.size) == (True, 20)
