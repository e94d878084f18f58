"""Who wants to know that keys are used: the vault reports here, audit registers.

The vault cannot import audit. Free when nobody listens: each verb has its own list of listeners,
usually empty.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from uuid import UUID


class Verb(StrEnum):
    """What was done with a key."""

    MAKE = "make"
    OPEN = "open"
    SEAL = "seal"
    SHRED = "shred"
    SWEEP = "sweep"
    UNWRAP = "unwrap"


Callback = Callable[[UUID, UUID, Verb], None]
"""Called with organisation, key id and verb, in the thread that used the key. It must not raise."""

CHANGES: frozenset[Verb] = frozenset({Verb.MAKE, Verb.SHRED, Verb.SWEEP, Verb.UNWRAP})

# Named, because looking an enum member up in a dictionary would cost a tenth of a seal.
on_open: list[Callback] = []
on_seal: list[Callback] = []

_listeners: dict[Verb, list[Callback]] = {verb: [] for verb in Verb} | {
    Verb.OPEN: on_open,
    Verb.SEAL: on_seal,
}


def register(callback: Callback, verbs: Iterable[Verb] = CHANGES) -> None:
    """Report these verbs to the callback from now on.

    SEAL and OPEN happen for every field, half a million times a second: ask for them knowingly.
    """
    for verb in verbs:
        if callback not in _listeners[verb]:
            _listeners[verb].append(callback)


def unregister(callback: Callback) -> None:
    """Stop reporting to the callback."""
    for callbacks in _listeners.values():
        if callback in callbacks:
            callbacks.remove(callback)


def report(verb: Verb, organisation: UUID, key_ids: Iterable[UUID]) -> None:
    """Tell every listener of this verb about these keys."""
    if callbacks := tuple(_listeners[verb]):
        for key_id in key_ids:
            for callback in callbacks:
                callback(organisation, key_id, verb)
