"""`keepwell jobs`: look at jobs, decide about them, or work on them in a process of its own."""

import argparse
import signal
from uuid import UUID

from django.db import connections, transaction

from keepwell.cli import installation, organisations
from keepwell.cli.account import unix_account
from keepwell.cli.refusal import MISUSED, Refusal
from keepwell.cli.terminal import say, warn
from keepwell.jobs import queue, schedules, worker
from keepwell.jobs.models import State
from keepwell.office.events import OfficeEvent
from keepwell.office.jobs import actions
from keepwell.office.jobs.words import sentence_of
from keepwell.safeguards.access import viewers
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.audit.entries import Subject


def run(chosen: argparse.Namespace) -> int:
    """Do what was asked."""
    is_looking = chosen.act in ("list", "show")
    (installation.check if is_looking else installation.check_to_write)()
    return int(_ACTS[chosen.act](chosen))


def _list(chosen: argparse.Namespace) -> int:
    by_clock = () if chosen.state else [kind.name for kind in schedules.scheduled()]
    for facts in queue.newest(
        states=[chosen.state] if chosen.state else (), limit=chosen.limit, without_done=by_clock
    ):
        moment = facts.ended or facts.started or facts.created
        say(f"{facts.id}  {facts.state:9}  {moment:%Y-%m-%d %H:%M}  {facts.name}  {facts.error}")
    return 0


def _show(chosen: argparse.Namespace) -> int:
    facts = _found(chosen.job)
    lines = {
        "job": facts.id,
        "kind": facts.name,
        "state": f"{facts.state}, asked to stop" if facts.is_cancel_asked else facts.state,
        "organisation": facts.organisation or "none: it is the installation's",
        "on behalf of": facts.on_behalf_of or "nobody: it is Keepwell's own",
        "arguments": ", ".join(f"{name}={value}" for name, value in facts.arguments.items()),
        "tries": facts.attempts,
        "steps": f"{facts.done} of {facts.total}" if facts.total else facts.done,
        "put": facts.created,
        "next try": facts.run_after if facts.state is State.WAITING else "",
        "worker": facts.worker if facts.state is State.RUNNING else "",
        "ended": facts.ended or "",
        "error": facts.error and f"{facts.error}: {sentence_of(facts.error)}",
    }
    for name, value in lines.items():
        if value != "":
            say(f"{name}: {value}")
    return 0


def _cancel(chosen: argparse.Namespace) -> int:
    facts = _found(chosen.job)
    if not _decide(facts, chosen.reason, is_retry=False):
        raise Refusal(f"Job {facts.id} has ended already: {facts.state}. Nothing was changed.")
    say(f"Job {facts.id} is cancelled; if it runs, it stops at its next step.")
    return 0


def _retry(chosen: argparse.Namespace) -> int:
    facts = _found(chosen.job)
    if not _decide(facts, chosen.reason, is_retry=True):
        raise Refusal(
            f"Job {facts.id} cannot be tried again: it is {facts.state}, or the same work was put "
            "anew. Nothing was changed."
        )
    say(f"Job {facts.id} is tried again.")
    return 0


def _decide(facts: queue.Facts, why: str, *, is_retry: bool) -> bool:
    """Decide for an organisation's job on its trail, for the installation's on every trail."""
    try:
        if facts.organisation is None:
            return _decide_for_all(facts, why, is_retry=is_retry)
        act = actions.retry_job if is_retry else actions.cancel_job
        viewer = viewers.console(facts.organisation, account=unix_account())
        return act(viewer, job=facts.id, reason=why)
    finally:
        writer.stop()


def _decide_for_all(facts: queue.Facts, why: str, *, is_retry: bool) -> bool:
    """Decide, and take it back where the entries cannot be written."""
    kind = OfficeEvent.JOB_RETRY if is_retry else OfficeEvent.JOB_CANCEL
    about, detail = Subject(model="jobs.job", ids=(facts.id,)), {"job": facts.name}
    with transaction.atomic():
        is_changed = queue.retry(facts.id) if is_retry else queue.cancel(facts.id)
        for each in organisations.all_of_them() if is_changed else ():
            viewer = viewers.console(each.id, account=unix_account())
            record_now(viewer, kind, subjects=(about,), reason=why, detail=detail)
    return is_changed


def _run(chosen: argparse.Namespace) -> int:
    """Work until interrupted. Signals are blocked before threads begin, so that none gets them."""
    workers = worker.Workers()
    if chosen.until_idle:
        say(f"Done: {workers.until_idle()} tries.")
        writer.stop()
        return 0
    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    connections.close_all()
    workers.start()
    warn("Working on jobs. Interrupt to end; a job that runs goes on elsewhere.")
    signal.sigwait(ends)
    workers.stop()
    writer.stop()
    return 0


def _found(text: str) -> queue.Facts:
    try:
        facts = queue.find(UUID(text))
    except ValueError:
        raise Refusal(f"{text!r} is no id of a job. See: keepwell jobs list", MISUSED) from None
    if facts is None:
        raise Refusal(f"There is no job {text}. See: keepwell jobs list", MISUSED)
    return facts


_ACTS = {"list": _list, "show": _show, "cancel": _cancel, "retry": _retry, "run": _run}
