"""How proposals are told on their pages."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keepwell.safeguards.access.proposals.acts import act_of
from keepwell.safeguards.access.proposals.queries import is_agreed, standing_of
from keepwell.safeguards.identity.queries import names_of
from keepwell.safeguards.tenancy.viewer import Viewer

if TYPE_CHECKING:
    from keepwell.safeguards.access.models import Proposal

_FACTS: Mapping[str, Promise] = {
    "about": gettext_lazy("Asked about"),
    "form": gettext_lazy("Kind of file"),
    "from": gettext_lazy("From day"),
    "kind": gettext_lazy("What happened"),
    "app": gettext_lazy("Part of Keepwell"),
    "member": gettext_lazy("Asked about the acts of"),
    "to": gettext_lazy("To day"),
    "years": gettext_lazy("Years kept"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One proposal: what, whose, how far it is, and what this viewer may do about it."""

    id: UUID
    title: str | Promise
    proposer: str
    confirmer: str
    proposed: datetime
    expires: datetime
    ripens: datetime | None
    state: str
    tone: str
    facts: list[tuple[str | Promise, str]]
    is_mine: bool
    is_open: bool
    is_right_ended: bool  # of who proposed or confirmed it
    may_confirm: bool
    do_url: str  # when this viewer may do it now
    command: str  # when it may be given on the server now

    @classmethod
    def of(
        cls, viewer: Viewer, row: "Proposal", names: Mapping[UUID, str], *, is_open: bool
    ) -> Self:
        """Tell of one, which is open if it stands."""
        act = act_of(row.act)
        is_mine = row.proposed_by == viewer.actor
        # Asked once: it may look for others who could confirm.
        is_ready = is_open and is_agreed(viewer, row)
        state, tone = _state(row, is_open=is_open, is_ready=is_ready)
        return cls(
            id=row.pk,
            title=act.title if act else row.act,
            proposer=_proposer(row, names),
            confirmer=names.get(row.confirmed_by, "") if row.confirmed_by else "",
            proposed=row.proposed,
            expires=row.expires,
            ripens=row.ripens,
            state=state,
            tone=tone,
            facts=[(_FACTS.get(name, name), value) for name, value in row.about.items()],
            is_mine=is_mine,
            is_open=is_open,
            is_right_ended=row.is_open and not is_open,
            may_confirm=is_open and row.confirmed is None and not is_mine,
            do_url=_do_url(row) if is_mine and is_ready else "",
            command=_command(viewer, row) if is_ready else "",
        )


def told(viewer: Viewer, rows: "Collection[Proposal]") -> list[Told]:
    """Tell of several, with the names of everybody in them."""
    names, standing = names_of(_people_in(rows)), standing_of(viewer, rows)
    return [Told.of(viewer, row, names, is_open=row.pk in standing) for row in rows]


def _people_in(rows: "Collection[Proposal]") -> set[UUID]:
    return {one for row in rows for one in (row.proposed_by, row.confirmed_by) if one}


def _proposer(row: "Proposal", names: Mapping[UUID, str]) -> str:
    return names.get(row.proposed_by, _("A former member"))


def _state(row: "Proposal", *, is_open: bool, is_ready: bool) -> tuple[str, str]:
    if row.used is not None:
        return _("Done"), "success"
    if row.withdrawn is not None:
        return _("Withdrawn"), ""
    if not row.is_open:
        return _("Its time is over"), ""
    if not is_open:
        return _("Ended"), ""
    if is_ready:
        return _("May be done"), "accent"
    return (_("Waits") if row.ripens is None else _("Waits a day")), "warning"


def _do_url(row: "Proposal") -> str:
    act = act_of(row.act)
    if act is None or not act.route:
        return ""
    try:
        return reverse(act.route, args=[row.pk])
    except NoReverseMatch:  # a product that is switched off has no routes
        return ""


def _command(viewer: Viewer, row: "Proposal") -> str:
    act = act_of(row.act)
    if act is None or not act.command:
        return ""
    return act.command.format(organisation=viewer.organisation, **row.about)
