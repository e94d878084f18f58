"""The guide's own code, run as this module."""

from tests.safeguards.records.guide import PAGE, block

exec(compile(block(0), PAGE, "exec"))  # noqa: S102  the page of this repository
