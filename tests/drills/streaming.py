"""Seal, open and sample one long file in this process, and say how much memory that took at most.

Run as a program: `python -m tests.drills.streaming ORGANISATION BYTES`; prints one line of JSON.
"""

import hashlib
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

import django

MIB = 1 << 20
RANGES = 200


@dataclass(frozen=True, slots=True)
class Report:
    """What one run found."""

    length: int
    is_same: bool  # what was opened has the digest of what was sealed
    ranges: int  # slices anywhere in the file that were what they should be
    peak_bytes: int  # most memory of the process, programs and libraries included
    seal_seconds: float
    open_seconds: float


def block(number: int) -> bytes:
    """Return a mebibyte that is like no other of the file."""
    return hashlib.shake_128(number.to_bytes(8, "big")).digest(4096) * (MIB // 4096)


def content(length: int) -> Iterator[bytes]:
    """Yield the whole in blocks."""
    for number in range(-(-length // MIB)):
        yield block(number)[: length - number * MIB]


def piece(start: int, stop: int) -> bytes:
    """Return a slice of the whole without making the whole."""
    first = start // MIB
    blocks = b"".join(block(number) for number in range(first, (stop - 1) // MIB + 1))
    return blocks[start - first * MIB : stop - first * MIB]


def peak_bytes() -> int:
    """Return the most memory this program had (getrusage would count who started it too)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) * 1024


def run(organisation: UUID, length: int) -> Report:
    """Seal, open, take slices, delete."""
    from keepwell.safeguards.vault import blobs, keys  # noqa: PLC0415  needs the settings
    from keepwell.safeguards.vault.binding import Binding  # noqa: PLC0415
    from keepwell.toolkit.identifiers import uuid7  # noqa: PLC0415

    key, place = keys.new_data_key(organisation), Binding("drill.blob", organisation, uuid7())
    sealed, opened = hashlib.sha256(), hashlib.sha256()

    def watched() -> Iterator[bytes]:
        for part in content(length):
            sealed.update(part)
            yield part

    started = time.monotonic()
    written = blobs.write(key, place, watched())
    between = time.monotonic()
    for part in blobs.read(key, place):
        opened.update(part)
    ended = time.monotonic()
    right = 0
    for number in range(RANGES):
        start = (number * 2_654_435_761 * 4099) % max(length - 100_000, 1)
        stop = min(start + 1 + (number * 7919) % 100_000, length)
        found = b"".join(blobs.read(key, place, start=start, stop=stop))
        right += found == piece(start, stop)
    blobs.delete(organisation, place.row)
    return Report(
        length=written,
        is_same=sealed.digest() == opened.digest(),
        ranges=right,
        peak_bytes=peak_bytes(),
        seal_seconds=round(between - started, 1),
        open_seconds=round(ended - between, 1),
    )


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(asdict(run(UUID(sys.argv[1]), int(sys.argv[2])))) + "\n")
