"""The proof of one entry: it holds in a whole log, and breaks where its neighbours were changed."""

import pytest

from keepwell.safeguards.audit import proofs, writer
from keepwell.safeguards.audit.proofs import Standing
from keepwell.safeguards.tenancy.viewer import Viewer
from tests.safeguards.audit.tampering import Hands
from tests.safeguards.audit.test_tampering import log

__all__ = ["log"]


@pytest.mark.parametrize("index", [0, 255, 256, 300, 311])
def test_every_entry_of_a_whole_log_is_proven(log: Viewer, index: int) -> None:
    assert proofs.proof_of(log.organisation, index).standing is Standing.PROVEN


@pytest.mark.parametrize(
    "change",
    [
        'DELETE FROM trail_entry WHERE "index" = 258 AND organisation_id = :org',
        'DELETE FROM trail_entry WHERE "index" >= 300 AND organisation_id = :org',
        "UPDATE trail_tile SET hashes = root WHERE organisation_id = :org",
        "UPDATE trail_tile SET root = hashes WHERE organisation_id = :org",
        "UPDATE trail_checkpoint SET note = 'forged' WHERE size = 312 AND organisation_id = :org",
    ],
)
def test_an_entry_is_not_proven_where_its_neighbours_were_changed(
    log: Viewer, hands: Hands, change: str
) -> None:
    hands.change(change)
    writer.stop()
    standings = {proofs.proof_of(log.organisation, index).standing for index in (3, 257)}
    assert Standing.BROKEN in standings
