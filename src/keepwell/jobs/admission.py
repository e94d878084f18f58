"""Who says whether a job may still run: a question for `access`, which stands above this room."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from keepwell.jobs.errors import NotAdmitted

if TYPE_CHECKING:
    from keepwell.jobs.work import Work  # whoever starts up asks us before there are models

Judge = Callable[["Work"], None]
_judge: Judge | None = None


def through(judge: Judge) -> None:
    """Ask this function before each try and each step of a job that needs a permission."""
    global _judge  # noqa: PLW0603  one per process, set at start
    _judge = judge


def check(work: "Work") -> None:
    """Raise NotAdmitted unless whoever started the work may do it now; nobody to ask means no."""
    if work.kind.permission is None:
        return
    if _judge is None:
        raise NotAdmitted
    _judge(work)
