"""The six years of an accounting (45 CFR 164.528(a)(1))."""

from datetime import date

YEARS = 6


def first_day(today: date) -> date:
    """Return the first day of the six years that end today."""
    try:
        return today.replace(year=today.year - YEARS)
    except ValueError:  # 29 February
        return today.replace(year=today.year - YEARS, day=28)
