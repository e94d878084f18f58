"""What a view says about who may use it. A view that says nothing is refused to everybody.

    @requires(FormsPermission.SUBMISSION_OPEN, purpose=Purpose.CARE)
    @signed_in
    @enrolment
    @open_to_all("patients answer without an account")

The declaration travels on the view function (or view class) itself, so a route cannot exist without
its answer to "who may?", and `access.routes` can list every answer.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from keepwell.safeguards.access.purposes import Purpose

View = TypeVar("View", bound=Callable[..., Any])
_ATTRIBUTE = "keepwell_access"


class Reach(StrEnum):
    """Whom a view is for."""

    ENROLMENT = "enrolment"
    OPEN = "open"
    PERMISSION = "permission"
    SIGNED_IN = "signed_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """Who may use a view and, where it opens records, why."""

    reach: Reach
    permission: StrEnum | None = None
    purpose: str = Purpose.OPERATIONS
    reason: str = ""

    @property
    def words(self) -> str:
        """The declaration as `keepwell routes` prints it."""
        if self.permission is not None:
            return str(self.permission)
        return f"open: {self.reason}" if self.reach is Reach.OPEN else self.reach.replace("_", " ")


class NothingToSay(ValueError):  # noqa: N818  names the fact
    """An open view gave no reason for being open."""


def _declaring(declaration: Declaration) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, _ATTRIBUTE, declaration)
        return view

    return mark


def requires(permission: StrEnum, *, purpose: str = Purpose.OPERATIONS) -> Callable[[View], View]:
    """Let only members whose role holds this permission use the view."""
    return _declaring(
        Declaration(reach=Reach.PERMISSION, permission=permission, purpose=str(purpose))
    )


def signed_in(view: View) -> View:
    """Let every member of the organisation use the view, whatever the role."""
    return _declaring(Declaration(reach=Reach.SIGNED_IN))(view)


def enrolment(view: View) -> View:
    """Let only somebody on the way in use the view: password given, second step not yet done."""
    return _declaring(Declaration(reach=Reach.ENROLMENT))(view)


def open_to_all(reason: str) -> Callable[[View], View]:
    """Let everybody use the view; the reason is printed beside the route."""
    if not reason.strip():
        raise NothingToSay("An open view needs a reason.")
    return _declaring(Declaration(reach=Reach.OPEN, reason=reason))


def declare(view: Callable[..., Any], by: Callable[[Any], Any]) -> Callable[..., Any]:
    """Give a library's view its declaration without touching the library's own function.

    `path("...", declare(LibraryView.as_view(), requires(Permission.X)))`
    """

    @functools.wraps(view)
    def declared(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    by(declared)
    return declared


def declaration_of(view: Callable[..., Any]) -> Declaration | None:
    """Return what this view declares, or None when it is silent.

    A class-based view must declare itself: a subclass that widens what its parent does must not
    inherit the parent's permission unseen.
    """
    found = getattr(view, "__dict__", {}).get(_ATTRIBUTE)
    if found is None:
        found = vars(getattr(view, "view_class", object)).get(_ATTRIBUTE)
    return found if isinstance(found, Declaration) else None
