"""A second process: opens a value again and again until its key is gone, and says both.

`python -m tests.safeguards.vault.reader ORGANISATION KEY ROW SEALED`, with the tests' environment.
"""

import os
import sys
import time
from uuid import UUID

import django


def main() -> None:
    """Open until the key is gone; the watch runs as in a served process."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "keepwell.config.settings"
    django.setup()
    from keepwell.safeguards.vault import sealing, watch  # noqa: PLC0415  needs the settings
    from tests.safeguards.vault.keepers import SLOT  # noqa: PLC0415

    organisation, key, row = (UUID(text) for text in sys.argv[1:4])
    place, sealed = sealing.Binding(SLOT, organisation, row), bytes.fromhex(sys.argv[4])
    watch.present.start()
    _say(sealing.open_sealed(key, place, sealed).decode())
    try:
        while True:
            sealing.open_sealed(key, place, sealed)
            time.sleep(0.05)
    except sealing.KeyGone:
        _say("gone")
    watch.present.stop()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
