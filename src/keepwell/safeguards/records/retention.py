"""How long a record is kept, said once on its model; `records.expiry` erases what is due."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Retention:
    """So many days after the moment that an unsealed column holds; without a moment, for ever.

    HIPAA asks six years for its own documentation (45 CFR 164.316(b)(2)(i)), not for medical
    records: those follow the law of the state or country.
    """

    days: int
    after: str
