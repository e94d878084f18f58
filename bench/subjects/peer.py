"""Charts in plain Django and in the libraries clinics' developers reach for.

    python -m bench.subjects.peer plain|audited|versioned|encrypted

Runs in an environment without Keepwell. `BENCH_DATABASE` says where the rows are kept. What each
does not do stands in `MISSING`, and in the table of results.
"""

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import django
from django.conf import settings

from bench.subjects.chart import FIELDS, values
from bench.subjects.loop import Work, repeated, serve

APPS = {
    "plain": (),
    "audited": ("auditlog",),
    "versioned": ("simple_history",),
    "encrypted": ("encrypted_model_fields", "auditlog"),
}
MISSING = {
    "plain": "neither encrypts nor audits",
    "audited": "does not encrypt; keeps the clear values a second time in its own table",
    "versioned": "does not encrypt, does not record reading; keeps each row twice in clear",
    "encrypted": "keeps the clear values in auditlog's table; seals are not bound to their row",
}
KEY = "QmVuY2htYXJrcyBvbmx5LCBub3QgYSBzZWNyZXQhISE="


def database(where: str) -> dict[str, Any]:
    """Return Django's settings: SQLite with WAL and FULL as Keepwell's, or PostgreSQL."""
    engine, _, rest = where.partition(":")
    if engine == "sqlite":
        options = {
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            "transaction_mode": "IMMEDIATE",
        }
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": rest, "OPTIONS": options}
    host, _, name = rest.partition(":")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "HOST": unquote(host),
        "USER": "keepwell_owner",
    }


def begin(kind: str) -> None:
    """Configure Django and make the tables."""
    settings.configure(
        SECRET_KEY="benchmarks only",  # noqa: S106  no secret
        USE_TZ=True,
        DATABASES={"default": database(os.environ["BENCH_DATABASE"]) | {"CONN_MAX_AGE": None}},
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            *APPS[kind],
            f"bench.peers.{kind}",
        ],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        FIELD_ENCRYPTION_KEY=KEY,
    )
    django.setup()
    from django.core.management import call_command

    # First the apps with migrations: the charts' history points at Django's own users.
    for run_syncdb in (False, True):
        call_command("migrate", run_syncdb=run_syncdb, interactive=False, verbosity=0)


class Charts:
    """One kind's acts. Reading is recorded where the library can: one `accessed` for each row."""

    def __init__(self, kind: str) -> None:
        self.model = import_module(f"bench.peers.{kind}.models").Chart
        self.follows_reading = "auditlog" in APPS[kind]
        self.made: list[int] = []

    def create(self, _number: int) -> None:
        """Make a row."""
        self.made.append(self.model.objects.create(**values(len(self.made))).pk)

    def update(self, count: int) -> None:
        """Change all eight fields of a row at hand."""
        row = self.model.objects.get(pk=self.made[-1])
        for number in range(count):
            for name, value in values(number).items():
                setattr(row, name, value)
            row.save()

    def read(self, number: int) -> list[list[str]]:
        """Read one row by its id."""
        return self.shown([self.model.objects.get(pk=self.made[-1 - number % len(self.made)])])

    def newest(self, _number: int) -> list[list[str]]:
        """Read the newest fifty."""
        return self.shown(list(self.model.objects.order_by("-pk")[:50]))

    def shown(self, rows: list[Any]) -> list[list[str]]:
        """Return what a page would show."""
        if self.follows_reading:
            accessed = import_module("auditlog.signals").accessed
            for row in rows:
                accessed.send(sender=self.model, instance=row)
        return [[getattr(row, name) for name in FIELDS] for row in rows]

    def acts(self) -> dict[str, Work]:
        """Return the acts by the names of the topics."""
        create = repeated(self.create)
        return {
            "create": create,
            "update": self.update,
            "create, on the trail": create,
            "update, on the trail": self.update,
            "read": repeated(self.read),
            "list 50": repeated(self.newest),
        }


def main() -> None:
    """Serve one peer."""
    kind = sys.argv[1]
    begin(kind)
    acts = Charts(kind).acts()
    acts["create"](100)
    serve(acts, {"what it does not do": MISSING[kind]})


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    main()
