"""What was disclosed about a person to somebody outside: written down, listed, found mistaken.

The organisation's part of an accounting of disclosures (45 CFR 164.528), beside what Keepwell
knows by itself (`reports`). For six years before the day on which the person asks (164.528(a)(1)).
"""

from datetime import date

YEARS = 6


def first_day(today: date) -> date:
    """Return the first day of the six years that end today."""
    try:
        return today.replace(year=today.year - YEARS)
    except ValueError:  # 29 February
        return today.replace(year=today.year - YEARS, day=28)
