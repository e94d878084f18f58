"""`keepwell init`: make the installation, or bring it up to date."""

import argparse

from keepwell.cli import folder, installation
from keepwell.cli.terminal import say


def run(chosen: argparse.Namespace) -> int:
    """Make what is missing; print the root key once, when it is made."""
    printed = installation.make(chosen.owner_url)
    if printed:
        say(printed)
    say(f"Ready: {folder.home()}. Start it with: keepwell serve")
    return 0
