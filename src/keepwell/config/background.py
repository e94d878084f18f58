"""Threads beside the requests of a web worker: the trail's writer, the timer, the jobs' workers.

The timer has what each process or host must do for itself, or within seconds of its start: what
this process remembers, the files of this host, the certificate it serves. Everything else that
happens by the clock is a job with a schedule (`keepwell.jobs.declaring`).
"""

from django.db import connections

from keepwell.config import certificate_watch, file_sweep, shreddings, trail_check, trail_keeping
from keepwell.jobs import timer, worker
from keepwell.safeguards.audit import writer
from keepwell.safeguards.vault import blobs, keys, watch

_timer = timer.Timer(timer.registered, after_call=connections.close_all)
_workers = worker.Workers()


def start() -> None:
    """Start them; called in the worker, after the fork. The writer first moves what was left."""
    certificate_watch.begin()
    timer.registered.every(60, "held keys", keys.forget_expired)
    timer.registered.every(60, "shreddings owed", shreddings.pay_all, first=1)
    timer.registered.every(24 * 3600, "files half written", blobs.sweep_unfinished)
    timer.registered.every(24 * 3600, "files without a row", file_sweep.sweep, first=600)
    timer.registered.every(600, "trails", trail_check.check_all, first=1)
    timer.registered.every(24 * 3600, "checkpoints", trail_keeping.keep_checkpoints, first=5)
    timer.registered.every(24 * 3600, "old payloads", trail_keeping.drop_old_payloads, first=900)
    timer.registered.every(24 * 3600, "rows and trail", trail_keeping.reconcile_all, first=1800)
    watch.present.start()
    writer.start()
    _timer.start()
    _workers.start()


def stop() -> None:
    """Stop them and wait, so that nothing acknowledged is left undone."""
    _workers.stop()
    _timer.stop()
    writer.stop()
    watch.present.stop()
