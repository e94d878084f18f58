"""`keepwell init`: make the installation, or bring it up to date."""

import argparse

from keepwell.cli import folder, installation, setup_link, upgrades
from keepwell.cli.terminal import say


def run(chosen: argparse.Namespace) -> int:
    """Make what is missing; print the root key once, and the owner's link until it was used."""
    folder.make()
    with upgrades.told(chosen):
        printed = installation.make(chosen.owner_url)
    if printed:
        say(printed)
    say(f"Ready: {folder.home()}. Start it with: keepwell serve")
    setup_link.say_if_needed()
    return 0
