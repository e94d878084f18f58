"""A process that finishes an ordered erasure and is killed by itself just before one of its steps.

`python -m tests.safeguards.erasure.eraser ORGANISATION STEP`, with the tests' environment.
"""

import os
import signal
import sys
from typing import Any
from uuid import UUID

import django


def main() -> None:
    """Patch the step so that it is never reached, and go."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "keepwell.config.settings"
    django.setup()
    from keepwell.safeguards.audit.models import Outbox  # noqa: PLC0415
    from keepwell.safeguards.erasure import organisations  # noqa: PLC0415
    from keepwell.safeguards.identity import accounts  # noqa: PLC0415
    from keepwell.safeguards.vault import blobs, keys, watch  # noqa: PLC0415

    steps = {
        "half the rows": (Outbox.objects, "exists"),
        "accounts": (accounts, "shut"),
        "keys": (keys, "shred_organisation"),
        "files": (blobs, "delete_all"),
    }

    def killed(*_arguments: Any, **_named: Any) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    owner, name = steps[sys.argv[2]]
    setattr(owner, name, killed)
    watch.TRUST_SECONDS = 0
    organisations.finish(UUID(sys.argv[1]))


if __name__ == "__main__":
    main()
