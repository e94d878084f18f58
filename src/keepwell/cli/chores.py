"""What `keepwell doctor` says of work that is done later: jobs, and mail that leaves.

Counts and ages only: no address, no name and no argument of a job.
"""

from datetime import datetime, timedelta

from keepwell.cli.refusal import Refusal
from keepwell.jobs import queue, schedules
from keepwell.office.mail import state
from keepwell.safeguards.mail import smtp
from keepwell.safeguards.mail.servers import Tls
from keepwell.toolkit import clock

IDLE = timedelta(minutes=5)  # a worker looks every second
LONGEST_WAIT = timedelta(hours=1)  # of a letter, while there is a server


def jobs() -> str:
    """Say how jobs stand; refuse when nobody works on them or one has given up."""
    due = min(filter(None, (queue.oldest_due(), schedules.oldest_due())), default=None)
    if due is not None and clock.now() - due > IDLE:
        raise Refusal(
            f"nobody works on jobs: the oldest has been due for {_age(due)}; is Keepwell serving, "
            "or keepwell jobs run?"
        )
    dead = queue.count_dead()
    if dead:
        raise Refusal(
            f"{_counted(dead, 'job')} gave up after every try: see keepwell jobs list --state dead"
        )
    waits = "nothing is due" if due is None else f"the oldest has been due for {_age(due)}"
    return f"{_counted(queue.count_open(), 'job')} to do, {waits}, none has given up"


def mail() -> str:
    """Say how mail stands; refuse a server that cannot be used and letters that did not leave."""
    found = state.present()
    waits = _counted(found.waiting, "letter") + " to be sent"
    if found.oldest is not None:
        waits += f", the oldest for {_age(found.oldest)}"
    if found.failed:
        raise Refusal(
            f"{_counted(found.failed, 'letter')} could not be sent; {waits}: see keepwell mail "
            "status"
        )
    if found.server is None:
        return f"no server is set (KEEPWELL_SMTP_HOST); {waits}"
    smtp.check(found.server)
    if found.oldest is not None and clock.now() - found.oldest > LONGEST_WAIT:
        raise Refusal(f"the server can be used, and yet {waits}: see keepwell jobs list")
    is_clear = found.server.tls is Tls.NONE
    way = "in clear, on this machine" if is_clear else "its certificate is verified"
    return f"the server can be used, {way}; {waits}"


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _age(moment: datetime) -> str:
    seconds = max(0.0, (clock.now() - moment).total_seconds())
    for unit, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= unit:
            return _counted(int(seconds // unit), name)
    return _counted(int(seconds), "second")
