"""Doing jobs in a test: what waits is done now, in this thread, as a worker would."""

from keepwell.jobs import queue
from keepwell.jobs.arguments import Argument
from keepwell.jobs.declaring import Kind
from keepwell.jobs.worker import Workers


def do_all() -> int:
    """Do every job that is due; return how many tries that took."""
    return Workers(close=lambda: None).until_idle()


def do(kind: Kind, **given: Argument) -> queue.Facts:
    """Put a job of the system's, do all that is due, and return what became of it."""
    job = queue.put(kind, organisation=None, on_behalf_of=None, key=None, **given)
    do_all()
    facts = queue.find(job)
    assert facts is not None
    return facts
