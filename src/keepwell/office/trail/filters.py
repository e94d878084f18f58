"""What somebody narrows the trail by: ids, codes and days, so that an address holds no more."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import QueryDict

from keepwell.office import places
from keepwell.office.trail import groups
from keepwell.safeguards.audit.search import Search


@dataclass(frozen=True, slots=True)
class Filters:
    """The fields as they were filled in, and the search they mean."""

    about: str
    is_about_wrong: bool
    member: UUID | None
    group: str
    app: str
    first: date | None
    last: date | None
    search: Search

    @property
    def is_narrowed(self) -> bool:
        """Whether there are entries that these leave out."""
        return self.search != Search()

    @property
    def are_days_turned(self) -> bool:
        """Whether the days end before they begin: then nothing is found."""
        return self.first is not None and self.last is not None and self.first > self.last

    @property
    def asked(self) -> str:
        """Say the same as the query part of an address, in ids, codes and days only."""
        said = {
            "about": "" if self.is_about_wrong else " ".join(map(str, self.search.about)),
            "member": str(self.member or ""),
            "kind": self.group if groups.is_group(self.group) else "",
            "app": self.app if groups.is_app(self.app) else "",
            "from": str(self.first or ""),
            "to": str(self.last or ""),
        }
        return urlencode({name: value for name, value in said.items() if value})

    @classmethod
    def of(cls, asked: QueryDict, zone: ZoneInfo) -> Self:
        """Read the query part of an address; what is no id, no day or no group asks nothing.

        Only an id that is none finds nothing: everything would be the wrong answer to it.
        """
        about = places.ids_in(asked.get("about", ""))
        member = places.id_in(asked.get("member", ""))
        group, app = asked.get("kind", ""), asked.get("app", "")
        if groups.is_app(group):  # as addresses and saved views said it before
            group, app = "", group
        first, last = (places.day_in(asked.get(name, "")) for name in ("from", "to"))
        kinds, openings = ((), None) if about is None else groups.meant(group, app)
        search = Search(
            about=about or (),
            actor=member,
            kinds=None if kinds is None else frozenset(kinds),
            openings=openings,
            since=_midnight(first, zone),
            until=_midnight(last and last + timedelta(days=1), zone),
        )
        typed = asked.get("about", "").strip()
        return cls(typed, about is None, member, group, app, first, last, search)


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), zone)
