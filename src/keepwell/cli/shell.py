"""`keepwell shell`: Python over the records; sealed values stay sealed until a reason is given.

The reason opens a strict disclosure scope: it is on the trail, with the unix account, before this
returns, and each opening is there before its value is shown. Whoever can run this could also write
a program without it; the shell is the way that leaves the entry (docs/explanation/insider.md).
"""

import argparse
import code
import sys
from contextlib import suppress
from types import CodeType

from keepwell.cli import installation, organisations
from keepwell.cli.account import unix_account
from keepwell.cli.refusal import MISUSED, Refusal
from keepwell.safeguards.access import viewers
from keepwell.safeguards.access.purposes import Purpose, purpose_of
from keepwell.safeguards.audit import writer
from keepwell.safeguards.audit.actions import record_now
from keepwell.safeguards.records.catalogue import sealed_models
from keepwell.safeguards.records.disclosure import Scope, disclose
from keepwell.safeguards.records.errors import NoScope
from keepwell.safeguards.records.events import RecordsEvent
from keepwell.safeguards.records.search import any_of, begun, equal, words
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit.errors import KeepwellError

BANNER = """\
Records of {name}, for {account}. Sealed values show as <sealed>.

  reason("why you look", purpose="operations")   opens values from here on; it is on the trail
  done()                                         seals them again
  row.name.open()                                one value of a row, once a reason is given
  equal, any_of, words, begun                    finding (docs/guides/new-record.md)
  {models}

What you open stays in this terminal's scrollback. Ctrl-D ends the shell.
"""
NO_REASON = 'Sealed. Say why you look: reason("…"). The reason and what you open go on the trail.'


def run(chosen: argparse.Namespace) -> int:
    """Read, evaluate and print until the end of input."""
    installation.check_to_write()
    named = _organisation(chosen.organisation)
    session = Session(viewers.console(named.id, account=unix_account()))
    session.banner(named.name)
    with suppress(ImportError):  # editing of lines; nothing is written to a history file
        __import__("readline")
    try:
        session.interact(banner="", exitmsg="")
    finally:
        session.done()
        writer.stop()
    return 0


def _organisation(asked: str | None) -> organisations.Named:
    if asked:
        return organisations.meant(asked)
    every = organisations.all_of_them()
    if len(every) != 1:
        raise Refusal("Say whose records: keepwell shell --organisation NAME.", MISUSED)
    return every[0]


class Session(code.InteractiveConsole):
    """One organisation's records, one reader, and the scope that a reason has opened."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._scope: Scope | None = None
        self.models = {model.__name__: model for model in sealed_models()}
        given = {"any_of": any_of, "begun": begun, "equal": equal, "words": words}
        own = {"reason": self.reason, "done": self.done}
        super().__init__({"__name__": "__console__", **self.models, **given, **own})

    def banner(self, organisation: str) -> None:
        """Say what there is."""
        models = ", ".join(sorted(self.models))
        account = self._viewer.account
        self.write(BANNER.format(name=organisation, account=account, models=models) + "\n")

    def reason(self, why: str, *, purpose: str = Purpose.OPERATIONS) -> None:
        """Open a scope once its reason is on the trail; it takes the place of an earlier one."""
        if not why.strip() or purpose_of(purpose) is None:
            raise Refusal(f"Say why, and one purpose of: {', '.join(Purpose)}.")
        self.done()
        scope = disclose(self._viewer, purpose, strict=True, reason=why.strip())
        record_now(scope.viewer(), RecordsEvent.SHELL_OPEN, reason=why.strip())
        self._scope = scope.__enter__()

    def done(self) -> None:
        """Close the scope, if one is open."""
        scope, self._scope = self._scope, None
        if scope is not None:
            scope.__exit__(None, None, None)

    def runcode(self, code: CodeType) -> None:
        """Evaluate one statement inside the organisation's wall."""
        try:
            with wall.reading(self._viewer.organisation):
                exec(code, self.locals)  # noqa: S102  that is what a shell is for
        except SystemExit:
            raise
        except NoScope:
            self.write(f"{NO_REASON}\n")
        except (KeepwellError, Refusal) as error:
            self.write(f"{type(error).__name__}: {error}\n")
        except BaseException:
            self.showtraceback()

    def write(self, data: str) -> None:
        """Write beside the values, which go to standard output."""
        sys.stderr.write(data)

    def raw_input(self, prompt: str = "") -> str:
        """Read a line, with a prompt only for a person."""
        return super().raw_input(prompt if sys.stdin.isatty() else "")
