"""Keepwell's trail: sequencing, becoming visible, proofs, and a whole log's export.

python -m bench.subjects.trail
"""

import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.subjects import installation
from bench.subjects.loop import each, serve

if TYPE_CHECKING:
    from keepwell.safeguards.tenancy.viewer import Viewer

BATCH = 1000
PATIENCE_SECONDS = 10.0


class Trail:
    """One organisation's log, to which this process alone appends."""

    def __init__(self, viewer: "Viewer") -> None:
        from keepwell.safeguards.audit import heads
        from keepwell.safeguards.audit.entries import Subject
        from keepwell.safeguards.audit.sequencer import Sequencer

        self.viewer, self.heads, self.sequencer = viewer, heads, Sequencer()
        self.subject = Subject("charts.chart", (viewer.organisation,), ("name", "born"), ())

    def entry(self) -> Any:
        """Seal one entry, as a disclosure of one row would."""
        from keepwell.safeguards.audit.sealing import sealed_entry

        return sealed_entry(
            self.viewer,
            "records:fields:open",
            subjects=(self.subject,),
            reason="",
            outcome="success",
            detail=None,
        )

    def sequence(self, count: int) -> dict[str, Any]:
        """Append batches of a thousand sealed entries; sealing them is not counted."""
        seconds, cpu = 0.0, 0.0
        for _ in range(max(1, count // BATCH)):
            batch = [self.entry() for _ in range(BATCH)]
            start, begun = time.perf_counter(), time.process_time()
            self.sequencer.append(self.viewer.organisation, batch, may_be_there=False)
            seconds += time.perf_counter() - start
            cpu += time.process_time() - begun
        return {"seconds": seconds, "done": max(1, count // BATCH) * BATCH, "cpu": cpu}

    def become_visible(self, count: int) -> dict[str, Any]:
        """Commit a change and wait until its entry is in the signed tree."""
        from keepwell.safeguards.audit import writer
        from keepwell.safeguards.audit.actions import record
        from keepwell.safeguards.tenancy import wall

        organisation, waited = self.viewer.organisation, []
        writer.start()
        for _ in range(count):
            size = self.heads.newest_head(organisation).size
            with wall.writing(organisation):
                record(self.viewer, "bench:charts:change", subjects=(self.subject,))
            start = time.perf_counter()
            while self.heads.newest_head(organisation).size == size:
                if time.perf_counter() - start > PATIENCE_SECONDS:
                    raise TimeoutError("The entry did not become visible.")
            waited.append(time.perf_counter() - start)
        writer.stop()
        percentiles = statistics.quantiles(waited, n=100)
        return {"seconds": percentiles[98], "done": 1, "median": percentiles[49]}

    def prove(self, count: int) -> dict[str, Any]:
        """Make proofs, and check them, as the trail's page does for an entry."""
        from keepwell.safeguards.audit.proofs import proof_of

        size = self.heads.newest_head(self.viewer.organisation).size
        return each(lambda number: proof_of(self.viewer.organisation, number * 7919 % size), count)

    def check(self, count: int) -> dict[str, Any]:
        """Check one proof against its root, as an outsider does."""
        from keepwell.safeguards.audit.proofs import proof_of
        from keepwell.toolkit.merkle import check_inclusion

        size = self.heads.newest_head(self.viewer.organisation).size
        one = proof_of(self.viewer.organisation, size // 3)

        def once(_number: int) -> None:
            check_inclusion(
                one.leaf, index=one.index, size=one.size, root=one.root, proof=one.steps
            )

        return each(once, count)

    def grow(self, count: int) -> dict[str, Any]:
        """Grow the log to so many entries."""
        missing = count - self.heads.newest_head(self.viewer.organisation).size
        return self.sequence(missing) if missing > 0 else {"done": 1}

    def export(self, _count: int) -> dict[str, Any]:
        """Export the log; return the folder."""
        from django.conf import settings

        from keepwell.safeguards.audit.export import export

        folder = Path(settings.KEEPWELL_HOME) / "exported"
        head = export(self.viewer.organisation, folder)
        return {"done": head.size, "folder": str(folder)}


def main() -> None:
    """Serve the acts on one log."""
    trail = Trail(installation.begin())
    trail.sequence(BATCH)
    serve(
        {
            "sequence": trail.sequence,
            "become visible": trail.become_visible,
            "prove": trail.prove,
            "check": trail.check,
            "grow": trail.grow,
            "export": trail.export,
        }
    )


if __name__ == "__main__":
    main()
