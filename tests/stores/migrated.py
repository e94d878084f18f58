"""Migrate the three template stores as their owner, and raise the walls: run as a program."""

import os
from pathlib import Path

import django


def main() -> None:
    """Do what `keepwell init` does to empty stores, as far as tests need it."""
    home = Path(os.environ["KEEPWELL_HOME"])
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415  needs the settings
    from django.db import connections  # noqa: PLC0415

    from keepwell.safeguards.tenancy import walls  # noqa: PLC0415
    from keepwell.safeguards.vault import root  # noqa: PLC0415

    for alias in ("default", "trail", "keys"):
        call_command("migrate", database=alias, interactive=False, verbosity=0)
        walls.build_walls(alias)
    if not (home / "root.key").exists():
        root.FileRoot.create(home / "root.key")
    root.mark()
    connections.close_all()


if __name__ == "__main__":
    main()
