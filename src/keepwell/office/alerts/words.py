"""How alerts are told on their pages."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keepwell.office.trail import findings
from keepwell.safeguards.access.officers.queries import officers_of
from keepwell.safeguards.audit.reports import Finding, Problem
from keepwell.safeguards.identity.queries import names_of
from keepwell.safeguards.monitoring.rules import Rule, rule_of
from keepwell.safeguards.monitoring.watchers import New
from keepwell.safeguards.tenancy.viewer import Viewer

if TYPE_CHECKING:
    from keepwell.safeguards.monitoring.models import Alert

_SERIOUS, _LOOK = gettext_lazy("Serious"), gettext_lazy("Look at it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One alert: what it says, about whom, since when, how much, who settled it."""

    id: UUID
    title: str | Promise
    means: str | Promise
    todo: str | Promise
    tone: str
    weight: str | Promise
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
    def of(cls, viewer: Viewer, row: "Alert", names: Mapping[UUID, str]) -> Self:
        """Tell of one."""
        rule = rule_of(row.rule)
        tone = rule.tone if rule else "warning"
        return cls(
            id=row.pk,
            title=rule.title if rule else row.rule,
            means=_means(row, rule),
            todo=rule.todo if rule else "",
            tone=tone,
            weight=_SERIOUS if tone == "danger" else _LOOK,
            who=_who(viewer, row.account, names),
            counted=str(rule.counted % {"count": row.count}) if rule else str(row.count),
            first=row.first,
            last=row.last,
            acknowledged=row.acknowledged,
            acknowledger=names.get(row.acknowledged_by, "") if row.acknowledged_by else "",
        )


def told(viewer: Viewer, rows: Collection["Alert"]) -> list[Told]:
    """Tell of several, with the names of everybody in them."""
    names = names_of(set(_people_in(rows)))
    return [Told.of(viewer, row, names) for row in rows]


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


def _means(row: "Alert", rule: Rule | None) -> str | Promise:
    """Say what the rule means; of a broken trail, what the check found."""
    if row.finding:
        try:
            return findings.sentence_of(Finding(Problem(row.finding), row.first_index, ""))
        except ValueError:  # of a newer version
            return row.finding
    return rule.means if rule else ""


def _who(viewer: Viewer, account: UUID | None, names: Mapping[UUID, str]) -> str:
    if account is None:
        return ""
    name = names.get(account, "")
    if not name:
        return _("An account that is gone")
    return _("%(name)s (you)") % {"name": name} if account == viewer.actor else name
