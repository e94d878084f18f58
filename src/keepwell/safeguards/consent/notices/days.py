"""On which day a notice applies: a day is a day of the organisation's own time zone."""

from datetime import date
from zoneinfo import ZoneInfo

from keepwell.safeguards.tenancy.models import Organisation
from keepwell.toolkit.clock import now


def today_at(organisation: Organisation) -> date:
    """Return the day it is where the organisation is."""
    return now().astimezone(ZoneInfo(organisation.time_zone)).date()
