"""Choosing among colleagues, of whom there may be thousands: few are offered, others are found.

A form that asks for colleagues offers them all while they fit on a page. Of more it offers who is
chosen already, and whoever fits what was typed: "Find" posts, so no name stands in an address, and
saves nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from keepwell.safeguards.access.members.queries import Pool, members_within
from keepwell.safeguards.access.models import Membership
from keepwell.safeguards.access.roles import Role
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.toolkit.identifiers import read_id

FIND = "find"  # the name of the button
MOST_OFFERED = 50


@dataclass(frozen=True, slots=True)
class Offer:
    """Whom a form offers, and whether there are others."""

    rows: tuple[Membership, ...]
    is_part: bool
    like: str = ""

    @property
    def choices(self) -> list[tuple[UUID, str]]:
        """Return each membership with the name and the role."""
        return [(row.pk, f"{row.user.name}, {Role(row.role).label}") for row in self.rows]

    @property
    def hint(self) -> str:
        """Say what to do where not everybody is offered."""
        if not self.is_part:
            return ""
        if not self.like:
            return gettext("Many work here: find somebody by name first.")
        if not self.rows:
            return gettext("Nobody found. Type another part of the name or the e-mail address.")
        return gettext("Those who fit. Type more of the name if somebody is missing.")


class FindColleagues(forms.CharField):
    """The words by which more colleagues are found."""

    def __init__(self, **more: object) -> None:
        super().__init__(
            label=gettext_lazy("Find more colleagues"),
            required=False,
            max_length=200,
            widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            **more,  # type: ignore[arg-type]  # handed on as they came
        )


def is_finding(request: HttpRequest) -> bool:
    """Tell whether "Find" was pressed, which saves nothing."""
    return request.method == "POST" and FIND in request.POST


def offered(viewer: Viewer, pool: Pool, *, chosen: Sequence[str], like: str) -> Offer:
    """Return whom to offer: the whole pool, or of a large one only who is chosen or found."""
    like = like.strip()
    within = partial(members_within, viewer, pool, most=MOST_OFFERED)
    rows, is_whole = within()
    if not is_whole:
        ids = [id_ for text in chosen if (id_ := read_id(text)) is not None]
        rows = [*within(among=ids)[0], *(within(like=like)[0] if like else [])]
    return Offer(tuple({row.pk: row for row in rows}.values()), not is_whole, like)
