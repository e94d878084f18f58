"""How long a failed job waits before its next try: twice as long each time, up to an hour. Pure.

Between half and all of that time by chance, so that a thousand jobs which failed together do not
come back together.
"""

from datetime import timedelta

FIRST_SECONDS = 10.0
MOST_SECONDS = 3600.0


def pause(attempts: int, chance: float) -> timedelta:
    """Return the time to wait after this many tries; `chance` is from 0 to 1."""
    whole = min(MOST_SECONDS, FIRST_SECONDS * 2.0 ** min(attempts - 1, 32))
    return timedelta(seconds=whole * (0.5 + chance / 2))
