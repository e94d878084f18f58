"""`keepwell version`: which version this is."""

import argparse
from importlib.metadata import version

from keepwell.cli.terminal import say


def run(chosen: argparse.Namespace) -> int:
    """Print the version."""
    say(f"keepwell {version('keepwell')}")
    return 0
