"""Drill: a log of a million entries, one flipped bit in it, and who finds it (`NAME=million`).

`DRILL_ENTRIES` says how many, a million unless given. On PostgreSQL: KEEPWELL_TEST_SETTING=scale.
"""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit.identifiers import uuid7
from keepwell.toolkit.tiles import TILE_WIDTH, number_path
from tests.drills import results
from tests.stores.scale import ScaleStores
from tests.stores.session import Stores

if TYPE_CHECKING:
    from keepwell.safeguards.tenancy.models import Organisation

pytestmark = pytest.mark.drill
ENTRIES = int(os.environ.get("DRILL_ENTRIES", "1000000"))
BATCH = 1000
KIND = "records:fields:open"
ENTRY_BYTES = 2 + 63 + len(KIND)  # in a bundle of the export: length, entry


def fill(viewer: Viewer) -> None:
    """Sequence so many entries; what they say is random bytes, as sealed payloads look."""
    from keepwell.safeguards.audit.entries import Mention, Part, SealedEntry  # noqa: PLC0415
    from keepwell.safeguards.audit.sequencer import Sequencer  # noqa: PLC0415
    from keepwell.toolkit.clock import now_us  # noqa: PLC0415

    sequencer, people = Sequencer(), [uuid7() for _ in range(5000)]
    for start in range(0, ENTRIES, BATCH):
        batch = [
            SealedEntry(
                organisation=viewer.organisation,
                id=uuid7(),
                time_us=now_us(),
                period=202611,
                kind=KIND,
                key_id=viewer.organisation,
                payload=secrets.token_bytes(200),
                mentions=(Mention(Part.PERSON, secrets.choice(people)),),
            )
            for _ in range(min(BATCH, ENTRIES - start))
        ]
        sequencer.append(viewer.organisation, batch, may_be_there=False)


def timed(act: Callable[[], object]) -> float:
    begun = time.monotonic()
    act()
    return time.monotonic() - begun


# A process that was forked off a large one counts as large before it begins: one small one between.
MEASURE = """
import os, subprocess, sys
process = subprocess.Popen(sys.argv[1:])
used = os.wait4(process.pid, 0)[2]
sys.stdout.write(f"{used.ru_utime + used.ru_stime} {used.ru_maxrss // 1024}")
"""


def offline(folder: Path) -> tuple[str, float, int]:
    """Run the single-file verifier; return what it says, its seconds of CPU, its peak in MB."""
    verifier = [sys.executable, str(folder / "verify.py"), str(folder)]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *verifier], capture_output=True, text=True, check=False
    )
    said, _, used = done.stdout.rpartition("\n")
    seconds, peak = used.split()
    return f"{said}\n", float(seconds), int(peak)


def flip(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        (byte,) = file.read(1)
        file.seek(at)
        file.write(bytes([byte ^ 1 << secrets.randbelow(8)]))


def test_one_flipped_bit_in_a_million_entries_is_found_and_named(
    organisation: "Organisation",
    stores: Stores,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from keepwell.safeguards.audit import export  # noqa: PLC0415
    from keepwell.safeguards.audit.verifier import verify  # noqa: PLC0415
    from tests.safeguards.audit.tampering import Hands  # noqa: PLC0415

    viewer = Viewer(kind=ViewerKind.SYSTEM, organisation=organisation.id)
    filled = timed(lambda: fill(viewer))
    checked = timed(lambda: verify(organisation.id))
    assert verify(organisation.id).is_whole
    export.export(organisation.id, tmp_path)
    said, seconds, peak = offline(tmp_path)
    assert said.startswith(f"whole: {ENTRIES} entries"), said

    position = secrets.randbelow(ENTRIES // TILE_WIDTH * TILE_WIDTH)
    bundle = tmp_path / "entries" / number_path(position // TILE_WIDTH)
    flip(bundle, position % TILE_WIDTH * ENTRY_BYTES + 2 + 1 + secrets.randbelow(16))  # its id
    found, _, _ = offline(tmp_path)
    assert found == f"not whole: entry {position} was edited\n"

    hands = Hands(stores, organisation.id)
    where = 'WHERE organisation_id = :org AND "index" = ?'
    ((payload,),) = hands.rows(f"SELECT payload FROM trail_entry {where}", position)
    changed = bytearray(payload)
    changed[secrets.randbelow(len(changed))] ^= 1 << secrets.randbelow(8)
    hands.change(f"UPDATE trail_entry SET payload = ? {where}", bytes(changed), position)
    finding = verify(organisation.id).finding
    assert finding is not None
    assert finding.position == position

    engine = "PostgreSQL" if isinstance(stores, ScaleStores) else "SQLite"
    what = f"one bit flipped in a log of {ENTRIES} entries on {engine}, in the export and the store"
    result = (
        f"entry {position} named both times; offline {seconds:.1f} s of CPU, {peak} MB; "
        f"in the store {checked:.0f} s; sequenced {ENTRIES / filled:.0f} entries/s"
    )
    with capsys.disabled():
        print("\n" + results.line("million", what, result))  # noqa: T201  the drill's result
