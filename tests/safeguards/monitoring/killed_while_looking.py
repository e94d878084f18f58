"""A program that lets the rules look at a trail and kills itself in the middle.

python -m tests.safeguards.monitoring.killed_while_looking ORGANISATION written|committed
"""

import os
import signal
import sys
from typing import Any
from uuid import UUID


def main(organisation: str, when: str) -> None:
    """Look, and end without a word once alerts are written, or just after they are committed."""
    import django  # noqa: PLC0415

    django.setup()
    from keepwell.safeguards.monitoring import actions, telling, watch  # noqa: PLC0415

    def end(*_given: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    if when == "written":
        telling.through(end)
    else:
        take_in = actions.take_in

        def take_in_and_end(*given: Any) -> None:
            take_in(*given)
            end()

        setattr(actions, "take_in", take_in_and_end)  # noqa: B010
    watch.look(UUID(organisation))


if __name__ == "__main__":
    main(*sys.argv[1:])
