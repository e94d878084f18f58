"""How alerts are told on their pages."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.utils.translation import gettext as _

from keepwell.office.trail import findings
from keepwell.safeguards.access.officers.queries import officers_of
from keepwell.safeguards.audit.reports import Finding, Problem
from keepwell.safeguards.identity.queries import names_of
from keepwell.safeguards.monitoring.rules import Rule, rule_of
from keepwell.safeguards.monitoring.watchers import New
from keepwell.safeguards.tenancy.viewer import Viewer

if TYPE_CHECKING:
    from keepwell.safeguards.monitoring.models import Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One alert: what it says, about whom, since when, how much, who settled it."""

    id: UUID
    title: str
    means: str
    todo: str
    tone: str
    weight: str
    who: str
    counted: str
    first: datetime
    last: datetime
    acknowledged: datetime | None
    acknowledger: str

    @property
    def is_long(self) -> bool:
        """Tell whether there is a span of time to show, and not a moment."""
        return self.last - self.first >= timedelta(seconds=1)

    @classmethod
    def of(cls, viewer: Viewer, row: "Alert", said: "_Said", names: Mapping[UUID, str]) -> Self:
        """Tell of one, in the words of its rule."""
        return cls(
            id=row.pk,
            title=said.title,
            means=_found_in(row) or said.means,
            todo=said.todo,
            tone=said.tone,
            weight=said.weight,
            who=_who(viewer, row.account, names),
            counted=str(said.rule.counted % {"count": row.count}) if said.rule else str(row.count),
            first=row.first,
            last=row.last,
            acknowledged=row.acknowledged,
            acknowledger=names.get(row.acknowledged_by, "") if row.acknowledged_by else "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What is the same of all alerts of one rule, put into words once."""

    rule: Rule | None
    title: str
    means: str
    todo: str
    tone: str
    weight: str

    @classmethod
    def by(cls, code: str) -> Self:
        rule = rule_of(code)
        tone = rule.tone if rule else "warning"
        return cls(
            rule=rule,
            title=str(rule.title) if rule else code,
            means=str(rule.means) if rule else "",
            todo=str(rule.todo) if rule else "",
            tone=tone,
            weight=_("Serious") if tone == "danger" else _("Look at it"),
        )


def told(viewer: Viewer, rows: Collection["Alert"]) -> list[Told]:
    """Tell of several, with the names of everybody in them."""
    names = names_of(set(_people_in(rows)))
    said = {code: _Said.by(code) for code in {row.rule for row in rows}}
    return [Told.of(viewer, row, said[row.rule], names) for row in rows]


def new(what: Collection[New]) -> str:
    """Say what an account had never used before."""
    if {New.BROWSER, New.NETWORK} <= set(what):
        return _("The browser and the network")
    if New.BROWSER in what:
        return _("The browser; the network was known")
    return _("The network; the browser was known") if New.NETWORK in what else ""


def heard_by(viewer: Viewer) -> list[str]:
    """Name those who hear of alerts by mail."""
    return sorted({row.user.name for row in officers_of(viewer)})


def _people_in(rows: Iterable["Alert"]) -> Iterable[UUID]:
    for row in rows:
        yield from (one for one in (row.account, row.acknowledged_by) if one is not None)


def _found_in(row: "Alert") -> str:
    """Say what a check of the trail found; nothing where no check is behind the alert."""
    if not row.finding:
        return ""
    try:
        return str(findings.sentence_of(Finding(Problem(row.finding), row.first_index, "")))
    except ValueError:  # of a newer version
        return row.finding


def _who(viewer: Viewer, account: UUID | None, names: Mapping[UUID, str]) -> str:
    if account is None:
        return ""
    name = names.get(account, "")
    if not name:
        return _("An account that is gone")
    return _("%(name)s (you)") % {"name": name} if account == viewer.actor else name
