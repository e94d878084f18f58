"""Work by the clock: forgetting sessions, links and failed tries that are long over."""

from keepwell.safeguards.identity import links, sessions, throttle


def sweep() -> int:
    """Delete what is of no more use; return how many rows. The trail keeps what happened."""
    return sessions.sweep() + links.sweep() + throttle.sweep()
