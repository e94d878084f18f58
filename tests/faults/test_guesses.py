"""A real server whose trail is busy: nobody learns by waiting which addresses have an account."""

import signal
import sqlite3
from contextlib import closing

from tests.remote import Remote
from tests.serving import Demo

FAILURES = "SELECT count(*) FROM trail_entry WHERE kind = 'identity:password:fail'"


def test_a_guess_is_answered_while_the_trail_is_busy_and_is_on_it_once_the_server_has_ended(
    demo: Demo,
) -> None:
    guesser = Remote(demo.served)
    guesser.get("/sign-in/")
    with closing(sqlite3.connect(demo.served.home / "trail.sqlite3", isolation_level=None)) as held:
        before = held.execute(FAILURES).fetchone()[0]
        held.execute("BEGIN IMMEDIATE")
        for email in ("nobody@example.org", demo.account("ben")["email"]):
            answer = guesser.post("/sign-in/", {"email": email, "password": "a wrong guess"})
            assert answer.status_code == 422
        held.execute("ROLLBACK")
        assert demo.served.stop(signal.SIGTERM) == 0
        assert held.execute(FAILURES).fetchone()[0] == before + 1
    said = demo.served.log.all()
    assert not [line for line in said if "is not on the trail" in line or '"error"' in line]
