"""Charts in Keepwell: `python -m bench.subjects.keepwell sealed|walled`.

`sealed` is the whole of it: eight sealed fields, a key for each row, the change and every reading
durably on the trail. `walled` keeps the same values in clear behind the same wall: what
PostgreSQL's row-level security and its transactions cost alone.
"""

import sys
from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from bench.subjects import installation
from bench.subjects.chart import FIELDS, values
from bench.subjects.loop import Work, repeated, serve

if TYPE_CHECKING:
    from uuid import UUID

    from keepwell.safeguards.tenancy.viewer import Viewer

Row = Any


class Charts:
    """What both do: rows made so far, the newest fifty, one by its id."""

    def __init__(
        self, viewer: "Viewer", model: type[Any], keep: Callable[[Row, str], object]
    ) -> None:
        from keepwell.safeguards.tenancy import wall

        self.viewer, self.model, self.keep, self.wall = viewer, model, keep, wall
        self.made = 0
        self.ids: list[UUID] = []

    def create(self, count: int) -> None:
        """Keep a new row, each in a transaction of its own."""
        for _ in range(count):
            self.made += 1
            with self.wall.writing(self.viewer.organisation):
                row = self.model(organisation_id=self.viewer.organisation, **values(self.made))
                self.keep(row, "bench:charts:create")
            self.ids.append(row.pk)

    def update(self, count: int) -> None:
        """Change all eight fields of a row at hand."""
        with self.wall.reading(self.viewer.organisation):
            row = self.model.objects.get(pk=self.ids[-1])
        for number in range(count):
            with self.wall.writing(self.viewer.organisation):
                for name, value in values(number).items():
                    setattr(row, name, value)
                self.keep(row, "bench:charts:change")

    def rows(self, first: int) -> list[Row]:
        """Load one row, or the newest so many."""
        with self.wall.reading(self.viewer.organisation):
            return list(self.model.objects.order_by("-pk")[:first])

    def row(self, number: int) -> Row:
        """Load one row by its id."""
        with self.wall.reading(self.viewer.organisation):
            return self.model.objects.get(pk=self.ids[-1 - number % len(self.ids)])


def sealed(viewer: "Viewer") -> dict[str, Work]:
    """Return the acts on sealed charts."""
    from bench.charts.models import Chart
    from keepwell.safeguards.audit import writer
    from keepwell.safeguards.records.actions import keep
    from keepwell.safeguards.records.disclosure import disclose

    charts = Charts(viewer, Chart, lambda row, kind: keep(viewer, row, kind))

    def shown(rows: list[Row]) -> list[list[str]]:
        with disclose(viewer, "care") as scope:
            scope.open(rows, *FIELDS)
            return [[getattr(row, name).open() for name in FIELDS] for row in rows]

    def asleep(act: Work) -> Work:
        """Wake the sequencer once, afterwards: its work happens in nobody's request."""

        def do(count: int) -> dict[str, Any]:
            with patch.object(writer, "wake", lambda _organisation: None):
                start = perf_counter()
                act(count)
                seconds = perf_counter() - start
            writer.wake(viewer.organisation)
            writer.stop()
            return {"seconds": seconds}

        return do

    def awake(act: Work) -> Work:
        """Count until everything is on the trail."""

        def do(count: int) -> None:
            act(count)
            writer.stop()

        return do

    return {
        "create": asleep(charts.create),
        "update": asleep(charts.update),
        "create, on the trail": awake(charts.create),
        "update, on the trail": awake(charts.update),
        "read": repeated(lambda number: shown([charts.row(number)])),
        "list 50": repeated(lambda _: shown(charts.rows(50))),
    }


def walled(viewer: "Viewer") -> dict[str, Work]:
    """Return the same acts on charts in clear behind the wall."""
    from bench.charts.models import WalledChart

    charts = Charts(viewer, WalledChart, lambda row, _kind: row.save())

    def shown(rows: list[Row]) -> list[list[str]]:
        return [[getattr(row, name) for name in FIELDS] for row in rows]

    return {
        "create": charts.create,
        "update": charts.update,
        "create, on the trail": charts.create,
        "update, on the trail": charts.update,
        "read": repeated(lambda number: shown([charts.row(number)])),
        "list 50": repeated(lambda _: shown(charts.rows(50))),
    }


def main() -> None:
    """Serve one kind of chart."""
    viewer = installation.begin()
    acts = {"sealed": sealed, "walled": walled}[sys.argv[1]](viewer)
    acts["create"](100)
    serve(acts)


if __name__ == "__main__":
    main()
