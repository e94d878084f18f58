"""Threads that work beside the requests of a web worker: the writer of the trail and the timer."""

from django.db import connections

from keepwell.config import certificate_watch, key_sweep, shreddings, trail_check
from keepwell.jobs import timer
from keepwell.products.forms import tasks
from keepwell.safeguards.audit import writer
from keepwell.safeguards.identity import tasks as identity_tasks
from keepwell.safeguards.vault import blobs, keys, watch

_timer = timer.Timer(timer.registered, after_call=connections.close_all)


def start() -> None:
    """Start them; called in the worker, after the fork. The writer first moves what was left."""
    certificate_watch.begin()
    timer.registered.every(60, "held keys", keys.forget_expired)
    timer.registered.every(60, "shreddings owed", shreddings.pay_all, first=1)
    timer.registered.every(6 * 3600, "unused keys", key_sweep.sweep)
    timer.registered.every(3600, "old drafts", tasks.expire_all_drafts)
    timer.registered.every(3600, "sessions and links long over", identity_tasks.sweep)
    timer.registered.every(24 * 3600, "files half written", blobs.sweep_unfinished)
    timer.registered.every(600, "trails", trail_check.check_all, first=1)
    watch.present.start()
    writer.start()
    _timer.start()


def stop() -> None:
    """Stop them and wait, so that nothing acknowledged is left undone."""
    _timer.stop()
    writer.stop()
    watch.present.stop()
