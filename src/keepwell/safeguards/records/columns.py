"""A sealed column in SQL: it may be selected and asked for presence, nothing else.

Whatever else would be asked of it (a lookup, an order, an aggregate, F()) raises SealedLookup with
the sentence that names the right way; docs/guides/new-record.md shows them all.
"""

import re
from typing import Any, Protocol

from django.db.models.expressions import Col
from django.db.models.lookups import IsNull

from keepwell.safeguards.records.errors import SealedLookup

# A function no database has. A sealed column compiles to a call of it, except in a plain SELECT.
# `refuse_computation` sees the call before the statement is sent; if it did not, the database would
# fail, naming the reason.
REFUSING_FUNCTION = "sealed_values_cannot_be_sorted_or_computed_with"

_CALL = re.compile(
    rf"(?P<aggregate>\b[A-Z_]+\((?:DISTINCT )?)?{REFUSING_FUNCTION}\((?P<column>[^)]*)\)"
)
_AGGREGATES = re.compile(r"(?:ARRAY_AGG|AVG|COUNT|MAX|MIN|STDDEV\w*|STRING_AGG|SUM|VAR\w*)\(")
_LAST_CLAUSE = re.compile(r"\b(ORDER BY|SELECT|WHERE|HAVING|GROUP BY|SET)\b")

_WORDS = "Find whole words with records.search.words(Model, “{name}”, text): keywords=Keywords()."
_BEGUN = (
    "Only an index knows beginnings. Find how words begin with records.search.begun(Model, "
    "“{name}”, text): keywords=Beginnings()."
)
_OPEN = "Open rows in a disclosure scope"
_EQUAL = (
    "Equal values have different seals. Find them with records.search.equal(Model, “{name}”, "
    "value): index=BlindIndex(normaliser)."
)
_ANY = (
    "Equal values have different seals. Find them with records.search.any_of(Model, “{name}”, "
    "values): index=BlindIndex(normaliser)."
)
_ORDER = f"Seals have no order. {_OPEN} and compare, or keep what is no ePHI in a plain column."
_PARTS = f"The database cannot look inside. {_OPEN} and compare in Python."

REFUSALS: dict[str, str] = {
    **dict.fromkeys(("exact", "iexact"), _EQUAL),
    "in": _ANY,
    **dict.fromkeys(("contains", "icontains", "search"), f"Parts of it cannot be found. {_WORDS}"),
    **dict.fromkeys(("startswith", "istartswith"), _BEGUN),
    **dict.fromkeys(("endswith", "iendswith"), f"Endings cannot be found. {_WORDS}"),
    **dict.fromkeys(("regex", "iregex"), f"Patterns cannot be found. {_WORDS}"),
    **dict.fromkeys(("gt", "gte", "lt", "lte", "range"), _ORDER),
}
SORTING = f"Seals have no order. {_OPEN} and sort in Python."
AGGREGATING = f"The database cannot count, add or compare it. {_OPEN} and compute in Python."
COMPUTING = f"The database cannot compute with it. {_OPEN} and compute in Python."
DISTINGUISHING = "Equal values have different seals. Equal values of an index share their token."
UNIQUE = "Equal values have different seals. Say index=BlindIndex(normaliser, unique=True)."


def refusal(name: str, sentence: str) -> SealedLookup:
    """Return the error for a use of a sealed field that cannot be."""
    return SealedLookup(f"“{name}” is sealed. {sentence.format(name=name)}")


def refusal_of_lookup(name: str, lookup: str) -> SealedLookup:
    """Return the error for a lookup; what has no sentence of its own looks inside the value."""
    return refusal(name, REFUSALS.get(lookup, _PARTS))


class SealedColumn(Col):
    """A sealed column in SQL: may be selected, nothing else."""

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Compile to a call that fails, wherever the column is more than selected."""
        sql, parameters = super().as_sql(compiler, connection)
        return f"{REFUSING_FUNCTION}({sql})", parameters

    def select_format(self, compiler: Any, sql: str, params: Any) -> Any:
        """Select the column itself (called for the columns of a SELECT only)."""
        query = compiler.query
        if query.distinct and self.target.name in query.values_select:
            raise refusal(self.target.name, DISTINGUISHING)
        return _bare(sql), params


class SealedIsNull(IsNull):
    """Presence, the one thing that a sealed column may be asked."""

    def process_lhs(self, compiler: Any, connection: Any, lhs: Any = None) -> Any:
        """Compile the column without the refusing call."""
        sql, parameters = super().process_lhs(compiler, connection, lhs)
        return _bare(sql), parameters


def _bare(sql: str) -> str:
    return sql.removeprefix(REFUSING_FUNCTION + "(").removesuffix(")")


class _Execute(Protocol):
    def __call__(self, sql: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  Django's signature
        """Send a statement."""


def refuse_computation(execute: _Execute, sql: Any, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  Django's signature
    """Raise SealedLookup instead of sending a statement that would compute with a sealed column.

    One of Django's execute wrappers: it also sees statements over relations from plain models.
    """
    if isinstance(sql, str) and REFUSING_FUNCTION in sql:
        raise _refusal_of(sql)
    return execute(sql, params, many, context)


def guard_connection(*, connection: Any, **kwargs: Any) -> None:
    """Put the wrapper around a new connection (the signal `connection_created` calls this)."""
    if refuse_computation not in connection.execute_wrappers:
        connection.execute_wrappers.append(refuse_computation)


def _refusal_of(sql: str) -> SealedLookup:
    call = _CALL.search(sql)
    if call is None:
        return SealedLookup()
    name = call["column"].rpartition(".")[2].strip('"`')
    if call["aggregate"] and _AGGREGATES.match(call["aggregate"]):
        return refusal(name, AGGREGATING)
    clauses = _LAST_CLAUSE.findall(sql, 0, call.start())
    is_sorting = bool(clauses) and clauses[-1] == "ORDER BY"
    return refusal(name, SORTING if is_sorting else COMPUTING)
