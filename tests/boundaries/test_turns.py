"""Whoever holds an organisation's row has waited: the rights of before the wait are asked anew."""

from pathlib import Path

import keepwell

SOURCES = Path(keepwell.__file__).parent
ALONE = {
    "safeguards/access/turns.py": "it asks anew",
    "safeguards/access/locations/placing.py": "inside acts that have taken their turn",
    "safeguards/access/invitations/actions.py": "whoever joins has no rights yet",
    "safeguards/audit/retention.py": "ordered by the console, or by a proposal in its turn",
    "safeguards/consent/mailings/actions.py": "the own letters, also of somebody who has left",
    "safeguards/consent/terms/actions.py": "what is accepted before any right is used",
    "safeguards/records/indexing.py": "the program's own work, for nobody",
}


def test_who_waits_for_an_organisation_asks_for_its_rights_again() -> None:
    holding = {
        path.relative_to(SOURCES).as_posix()
        for path in SOURCES.rglob("*.py")
        if "Organisation.held(" in path.read_text()
    }
    assert holding == set(ALONE)
