"""Why somebody acts on the server: one rule for every command that changes or hands out something.

`arguments` marks such a command, and `main` asks before anything of it runs, so that no command can
forget to. Knows no Django: whoever left the reason out is told at once.
"""

import argparse
import sys

from keepwell.cli.account import unix_account
from keepwell.cli.refusal import MISUSED, Refusal


def require(command: argparse.ArgumentParser) -> None:
    """Let this command take a reason, and never run without one."""
    _take(command, "why, for the trail; asked for at a terminal")
    command.set_defaults(acts_as=command.prog)


def require_of_upgrade(command: argparse.ArgumentParser) -> None:
    """Let this command take a reason, which it insists on where it changes what is in use."""
    _take(command, "why tables that are in use are changed, for the trail; asked for at a terminal")
    command.set_defaults(upgrades_as=command.prog)


def _take(command: argparse.ArgumentParser, words: str) -> None:
    command.add_argument("--reason", metavar="TEXT", default="", help=words)


def see_to(chosen: argparse.Namespace) -> None:
    """Leave the reason in `chosen`: as given, or as typed now; refuse an act without one."""
    act = getattr(chosen, "acts_as", "")
    if act:
        insist(chosen, act)


def insist(chosen: argparse.Namespace, act: str) -> None:
    """Leave the reason in `chosen`; raise Refusal, with what to type, if there is none."""
    chosen.reason = chosen.reason.strip() or _typed()
    if not chosen.reason:
        raise Refusal(
            f"Nothing was done: say why, it stands on the trail beside your account. Type: {act} "
            "--reason 'why' and the rest as before.",
            MISUSED,
        )


def _typed() -> str:
    """Ask whoever sits at a terminal; a script is told what to add instead."""
    if not sys.stdin.isatty():
        return ""
    sys.stderr.write(f"Why? It stands on the trail beside the account {unix_account()}: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip()
