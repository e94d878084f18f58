"""Jobs in words: what an error code means, never what was being worked on."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keepwell.jobs.models import State
from keepwell.toolkit.errors import KeepwellError

_FAULT = "fault:"


@dataclass(frozen=True, slots=True)
class StateWords:
    """A state as a chip."""

    words: str | Promise
    tone: str
    icon: str


STATES = {
    State.WAITING: StateWords(gettext_lazy("Waits"), "info", "wait"),
    State.RUNNING: StateWords(gettext_lazy("Runs"), "accent", "clock"),
    State.DONE: StateWords(gettext_lazy("Done"), "success", "check"),
    State.CANCELLED: StateWords(gettext_lazy("Cancelled"), "", "close"),
    State.DEAD: StateWords(gettext_lazy("Failed"), "danger", "error"),
}


def sentence_of(code: str) -> str:
    """Return the sentence of an error code; nothing for no error."""
    if not code:
        return ""
    if code.startswith(_FAULT):
        return _("A fault in Keepwell itself. The log has it under the id of the job.")
    for error in _errors(KeepwellError):
        if error.code == code:
            return _(error.sentence)
    return _("This version of Keepwell does not know this code.")


def _errors(kind: type[KeepwellError]) -> Iterator[type[KeepwellError]]:
    for below in kind.__subclasses__():
        yield below
        yield from _errors(below)
