"""A job is declared once, in the `tasks` of its app:

    @job("forms:drafts:expire", title=_("Erase drafts never sent"), every="17 * * * *")
    def expire_drafts(work: Work) -> None: ...

    @job("forms:inbox:export", title=_("Export of the inbox"), permission=FormsPermission.EXPORT)
    def export(work: Work, form: UUID) -> None: ...

One with a permission is started by members (`access.acting.start`) and acts with their rights; one
without is Keepwell's own work. `every` is a line of cron in UTC.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from croniter import croniter
from django.utils.functional import Promise

from keepwell.jobs.arguments import parameters_of

if TYPE_CHECKING:
    from keepwell.jobs.work import Work

Function = Callable[..., None]
_NAME = re.compile(r"[a-z]+(:[a-z_]+)+")
TRIES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of job: its name in the table, and all that follows from the declaration."""

    name: str
    title: str | Promise
    function: Function
    parameters: Mapping[str, tuple[type, bool]]
    permission: StrEnum | None
    every: str
    tries: int
    is_long: bool

    def call(self, work: "Work", arguments: Mapping[str, Any]) -> None:
        """Do the work."""
        self.function(work, **arguments)


class WronglyDeclared(ValueError):  # noqa: N818  names the fact
    """A job's declaration cannot be kept."""


_kinds: dict[str, Kind] = {}


def job(
    name: str,
    *,
    title: str | Promise,
    permission: StrEnum | None = None,
    every: str = "",
    tries: int = TRIES,
    is_long: bool = False,
) -> Callable[[Function], Kind]:
    """Declare a function as a job; what is returned is the kind, which is what gets put.

    `is_long`: takes more than some seconds, so it must not stand before short ones.
    """

    def declare(function: Function) -> Kind:
        kind = Kind(
            name=name,
            title=title,
            function=function,
            parameters=parameters_of(function),
            permission=permission,
            every=every,
            tries=tries,
            is_long=is_long,
        )
        _check(kind)
        _kinds[name] = kind
        return kind

    return declare


def _check(kind: Kind) -> None:
    if not _NAME.fullmatch(kind.name) or kind.tries < 1:
        raise WronglyDeclared(f"{kind.name}: a name is app:thing:verb, and there is one try.")
    before = _kinds.get(kind.name)
    if before is not None and before.function.__module__ != kind.function.__module__:
        raise WronglyDeclared(f"{kind.name} is declared twice.")
    if kind.every and (kind.parameters or kind.permission or not croniter.is_valid(kind.every)):
        raise WronglyDeclared(f"{kind.name}: a schedule takes no arguments and nobody's rights.")


def kinds() -> tuple[Kind, ...]:
    """Return every declared kind, by name."""
    return tuple(_kinds[name] for name in sorted(_kinds))


def kind_of(name: str) -> Kind | None:
    """Return the kind of this name; None for one that this version does not know."""
    return _kinds.get(name)
