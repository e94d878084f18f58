"""The `keepwell` command: parse, load what the one command needs, and never show a traceback."""

import argparse
import importlib
import os
import sys
import traceback
from collections.abc import Sequence

from keepwell.cli import arguments, reasons
from keepwell.cli.refusal import FAILED, MISUSED, Refusal
from keepwell.cli.terminal import warn

WITHOUT_DJANGO = ("version",)
INTERRUPTED = 130  # 128 + SIGINT, as shells report it


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    os.umask(0o077)  # whatever is made from here on is for its owner only
    chosen = arguments.build().parse_args(argv)
    try:
        return _run(chosen)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _leave_pipe()
    except Exception as error:
        if chosen.traceback:
            traceback.print_exc()
        return _explain(error)


def _run(chosen: argparse.Namespace) -> int:
    reasons.see_to(chosen)
    if (
        chosen.command == "demo"
    ):  # never beside real people: a folder of its own unless one is named
        os.environ.setdefault("KEEPWELL_HOME", ".demo")
    if chosen.command not in WITHOUT_DJANGO:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keepwell.config.settings")
        importlib.import_module("django").setup()
    command = importlib.import_module(f"keepwell.cli.{chosen.command}")
    return int(command.run(chosen))


def _leave_pipe() -> int:
    """End quietly when the reader of our output has gone, as `keepwell routes | head` does."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return FAILED


def _explain(error: Exception) -> int:
    if isinstance(error, Refusal):
        warn(f"keepwell: {error}")
        return error.status
    # Known by name, not by class: a failure may come before Django could be imported.
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if "ImproperlyConfigured" in kinds:
        warn(f"keepwell: {_first_line(error)}")
        return MISUSED
    if "DatabaseError" in kinds or "InterfaceError" in kinds:
        warn(f"keepwell: A database cannot be used: {_first_line(error)}. Nothing was changed.")
    elif "KeepwellError" in kinds:
        warn(f"keepwell: {_first_line(error)}")
    elif isinstance(error, OSError):
        warn(f"keepwell: {error}. Nothing was changed.")
    else:
        warn(f"keepwell: A fault of Keepwell's own: {type(error).__name__}: {_first_line(error)}.")
        warn("keepwell: Please report it with the output of keepwell --traceback and this command.")
    return FAILED


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".")
