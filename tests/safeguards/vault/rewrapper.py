"""A process that rewraps, says how far it has come, and waits after each batch to be killed.

`python -m tests.safeguards.vault.rewrapper ORGANISATION BATCH`, with the tests' environment.
"""

import os
import sys
from threading import Event
from uuid import UUID

import django


def main() -> None:
    """Rewrap one batch, say so, and wait."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "keepwell.config.settings"
    django.setup()
    from keepwell.safeguards.vault import rewrap  # noqa: PLC0415  needs the settings

    def told(count: int, _whole: int) -> None:
        sys.stdout.write(f"{count}\n")
        sys.stdout.flush()
        Event().wait()

    rewrap.BATCH = int(sys.argv[2])
    rewrap.rewrap(UUID(sys.argv[1]), told)


if __name__ == "__main__":
    main()
