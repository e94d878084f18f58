"""What a process remembers between requests, forgotten between tests."""

import sys

from django.core.cache import caches
from django.db import connections

# Module and function: called only when a test has loaded the module.
FORGETTING = (
    ("keepwell.safeguards.audit.writer", "stop"),
    ("keepwell.safeguards.audit.checked", "forget"),
    ("keepwell.safeguards.vault.pool", "settle"),
    ("keepwell.safeguards.vault.keys", "forget"),
)


def forget() -> None:
    """Stop threads, clear caches and end transactions a failed test left open."""
    for module, function in FORGETTING:
        if module in sys.modules:
            getattr(sys.modules[module], function)()
    for cache in caches.all(initialized_only=True):
        cache.clear()
    for connection in connections.all(initialized_only=True):
        if connection.in_atomic_block or connection.errors_occurred:
            connection.close()
