"""Data and trail notice when one of them was put back alone to an older copy."""

import pytest

from keepwell.safeguards.audit import alongside, outbox, writer
from keepwell.safeguards.audit.actions import record, record_now
from keepwell.safeguards.audit.models import Moved, Outbox
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer

CHANGE, OPEN = "persons:person:change", "records:fields:open"


def change(ada: Viewer, times: int = 1) -> None:
    for _ in range(times):
        with wall.writing(ada.organisation):
            record(ada, CHANGE)
    writer.settle(ada.organisation)


def counted(ada: Viewer) -> tuple[int, int]:
    found = outbox.handed_over(ada.organisation)
    return found, alongside.taken(ada.organisation)


def test_both_count_changes_and_not_readings(ada: Viewer) -> None:
    before = counted(ada)
    change(ada, 3)
    record_now(ada, OPEN)
    writer.settle(ada.organisation)
    assert counted(ada) == (before[0] + 3, before[1] + 3)
    assert alongside.all_apart() == []


def test_an_older_copy_of_the_data_is_noticed_until_it_is_declared(ada: Viewer) -> None:
    change(ada, 2)
    older = outbox.handed_over(ada.organisation)
    change(ada, 3)
    outbox.set_handed_over(ada.organisation, older)  # as an older copy remembers it
    (found,) = alongside.all_apart()
    assert "The data was put back" in found.sentence
    assert "3 changes" in found.sentence
    change(ada)  # whatever is done now does not hide it
    assert alongside.compare(ada.organisation) is not None
    alongside.declare(ada, found, "the disk died")
    assert alongside.all_apart() == []
    change(ada)
    assert alongside.all_apart() == []


def test_an_older_trail_is_noticed_by_what_the_data_remembers(ada: Viewer) -> None:
    change(ada)
    known = outbox.handed_over(ada.organisation)
    outbox.set_handed_over(ada.organisation, known + 2)
    (found,) = alongside.all_apart()
    assert "The trail was put back" in found.sentence
    assert "2 changes" in found.sentence


def test_what_is_on_its_way_is_no_difference(
    ada: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:  # as when a process is killed after the trail's commit and before the data store's
    change(ada)

    def killed(*_given: object) -> None:
        raise outbox.OutboxBusy

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "_wait_briefly", killed)
        change(ada, 2)
        with wall.reading(ada.organisation):
            assert Outbox.objects.count() == 2
        handed_over, taken = counted(ada)
        assert taken == handed_over + 2
        assert alongside.all_apart() == []
    change(ada)
    handed_over, taken = counted(ada)
    assert taken == handed_over


def test_each_organisation_has_a_count_of_its_own(ada: Viewer, cy: Viewer) -> None:
    change(ada, 2)
    change(cy)
    outbox.set_handed_over(cy.organisation, 100)
    (found,) = alongside.all_apart()
    assert found.organisation == cy.organisation
    with wall.reading(ada.organisation):
        assert Moved.objects.count() == 1
