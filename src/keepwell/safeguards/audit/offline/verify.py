"""Check an exported Keepwell trail: `python3 verify.py DIR`. See README.txt.

One file, standard library only, Python 3.9 or newer; nothing of Keepwell is needed.
Exit status: 0 whole, 1 not whole (the first bad position is named), 2 these files cannot be used.
"""

# ruff: noqa: B905  zip(strict=) is younger than the Pythons this must run on

from __future__ import annotations

import argparse
import os
import re
import stat
import sys
from base64 import b64decode, b64encode
from hashlib import sha256, sha512
from pathlib import Path

WIDTH = 256
HASH = 32
FIXED_BYTES = 63  # of an entry, without its kind
LARGEST_NOTE = 1_000_000
LARGEST_BUNDLE = WIDTH * (2 + 65_535)
LARGEST_SIZE = 2**63 - 1
Point = tuple[int, int, int, int]  # extended coordinates
Key = tuple[str, bytes, bytes]  # name, key id, public key
Asked = tuple[int, frozenset[int]]  # the size of a smaller tree, and indexes of entries

TIME = re.compile(r"signed (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)")


class Unusable(Exception):  # noqa: N818  names the fact
    """There is nothing here that could be checked."""


class NotWhole(Exception):  # noqa: N818  names the fact
    """The first bad position, as a sentence."""


# Ed25519 (RFC 8032 5.1.7), verification only: nothing here is secret, so time does not matter.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def add(a: Point, b: Point) -> Point:
    """Add two points in extended coordinates."""
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    p, q, r, s = f - e, h - g, h + g, f + e
    return (p * q % P, r * s % P, q * r % P, p * s % P)


def multiply(number: int, point: Point) -> Point:
    """Add a point to itself so many times."""
    result: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = add(result, point)
        point = add(point, point)
        number >>= 1
    return result


def point_from(data: bytes) -> Point | None:
    """Decode 32 bytes to a point, or None where they are none."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_1 % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = point_from((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)


def is_signature(public: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether an Ed25519 signature fits."""
    key, nonce = point_from(public), point_from(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or nonce is None or scalar >= ORDER:
        return False
    digest = sha512(signature[:32] + public + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    left, right = multiply(scalar, BASE), add(nonce, multiply(challenge, key))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % P == 0


# Files


def read(path: Path, limit: int) -> bytes | None:
    """Return the bytes of a regular file of at most `limit` bytes, None where there is none."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would keep us waiting
            return None
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return data if len(data) <= limit else b""


def number_path(number: int, width: int) -> str:
    """Write a tile's number as C2SP tlog-tiles does: 1234 is x001/234, partial ones .p/width."""
    digits = str(number)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
    return path if width == WIDTH else f"{path}.p/{width}"


def text_of(path: Path, what: str) -> str:
    """Return a small text file; Unusable where it is none."""
    data = read(path, LARGEST_NOTE)
    if not data:
        raise Unusable(f"there is no {what} here, or it is empty or far too large")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unusable(f"the {what} is not text") from error


def decoded(text: str) -> bytes:
    """Decode strict base64."""
    data = b64decode(text.encode("ascii", "replace"), validate=True)
    if b64encode(data).decode() != text:
        raise ValueError("not the one way to write it")
    return data


# The signed head


def key_from(text: str) -> Key:
    """Return name, key id and public key of a C2SP verification key."""
    try:
        name, key_id, encoded = text.strip().split("+", 2)
        material = decoded(encoded)
    except ValueError as error:
        raise Unusable("the key is not a verification key") from error
    expected = sha256(name.encode() + b"\n" + material).digest()[:4]
    if len(material) != 33 or material[0] != 1 or expected.hex() != key_id:
        raise Unusable("the parts of the key do not belong together")
    return name, expected, material[1:]


def head_from(note: str, key: Key) -> tuple[int, bytes, str]:
    """Return size, root and time of a checkpoint; NotWhole unless this key signed it."""
    name, key_id, public = key
    text, gap, signatures = note.rpartition("\n\n")
    lines = text.split("\n")
    if not gap or len(lines) < 3 or not re.fullmatch("0|[1-9][0-9]{0,18}", lines[1], re.ASCII):
        raise Unusable("the checkpoint is not a signed note")
    try:
        root, size = decoded(lines[2]), int(lines[1])
    except ValueError as error:
        raise Unusable("the checkpoint's root cannot be read") from error
    if len(root) != HASH or size > LARGEST_SIZE:
        raise Unusable("the checkpoint's root or size cannot be one")
    message = (text + "\n").encode()
    if lines[0] != name or not any(
        is_signature(public, message, signature)
        for signature in signatures_by(name, key_id, signatures)
    ):
        raise NotWhole(f"head: the checkpoint of size {size} is not signed by this key")
    times = [found.group(1) for line in lines[3:] if (found := TIME.fullmatch(line))]
    return size, root, times[0] if times else "at an unknown time"


def signatures_by(name: str, key_id: bytes, text: str) -> list[bytes]:
    """Return the signatures of a note that claim to be by this key."""
    found = []
    for line in text.split("\n"):
        parts = line.split(" ")
        if len(parts) != 3 or parts[:2] != ["\u2014", name]:
            continue
        try:
            material = decoded(parts[2])
        except ValueError:
            continue
        if material[:4] == key_id and len(material) == 68:
            found.append(material[4:])
    return found


# Entries and tiles


def leaves_in(data: bytes, first: int) -> list[bytes]:
    """Return the leaf hashes of a bundle of entries; NotWhole where something is no entry."""
    leaves = []
    at, end = 0, len(data)
    while at + 2 <= end:
        stop = at + 2 + (data[at] << 8 | data[at + 1])
        entry = data[at + 2 : stop]
        if stop > end or len(entry) < FIXED_BYTES or entry[0] != 1:
            break
        if len(entry) != FIXED_BYTES + (entry[29] << 8 | entry[30]):
            break
        leaves.append(sha256(b"\x00" + entry).digest())
        at = stop
    if at != end:
        raise NotWhole(f"entry {first + len(leaves)} was edited: it cannot be read as an entry")
    return leaves


def joined(hashes: list[bytes]) -> bytes:
    """Return the hash over a perfect subtree."""
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2])
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return hashes[0]


def folded(levels: list[list[bytes]]) -> bytes:
    """Return the root of a tree from the unfinished tile of each level."""
    edge: list[bytes] = []
    for hashes in reversed(levels):
        at = 0
        while at < len(hashes):
            width = 1 << ((len(hashes) - at).bit_length() - 1)
            edge.append(joined(hashes[at : at + width]))
            at += width
    if not edge:
        return sha256(b"").digest()
    root = edge.pop()
    while edge:
        root = sha256(b"\x01" + edge.pop() + root).digest()
    return root


class Check:
    """One walk along the exported log."""

    def __init__(self, directory: Path, size: int, root: bytes, asked: Asked) -> None:
        self.directory, self.size, self.root = directory, size, root
        self.first, self.entries = asked
        self.answers: list[str] = []  # to what was asked; worth something once all is whole
        self.levels: list[list[bytes]] = [[]]
        self.suspect = ""  # what a tile says, until the root has decided whom to believe

    def run(self) -> None:
        """Raise NotWhole at the first bad position."""
        for number in range((self.size + WIDTH - 1) // WIDTH):
            self.bundle(number)
        for level, hashes in enumerate(self.levels):
            if hashes:
                self.tile(level, self.size >> 8 * (level + 1), hashes)
        if folded(self.levels) != self.root:
            raise NotWhole(self.suspect or "entry 0 or a later one was edited, its tile too")
        if self.suspect:
            raise NotWhole(self.suspect.replace("entry", "the tile over entry", 1))
        self.beyond()

    def bundle(self, number: int) -> None:
        """Take in one file of entries."""
        first = number * WIDTH
        width = min(WIDTH, self.size - first)
        data = read(self.path("entries", number_path(number, width)), LARGEST_BUNDLE)
        if data is None:
            raise NotWhole(
                f"entry {first} was deleted: entries/{number_path(number, width)} is gone"
            )
        leaves = leaves_in(data, first)
        self.levels[0] = leaves[:width]
        if len(leaves) != width:
            self.tile(0, number, leaves)
            at, fact = (len(leaves), "deleted") if len(leaves) < width else (width, "inserted")
            raise NotWhole(self.suspect or f"entry {first + at} was {fact}")
        self.answer(first, leaves)
        if width == WIDTH:
            self.full(number)

    def answer(self, first: int, leaves: list[bytes]) -> None:
        """Say what was asked of the entries of one file."""
        for index, leaf in enumerate(leaves, first):
            if index in self.entries:
                self.answers.append(f"entry {index}: hash {leaf.hex()}")
        if first < self.first <= first + len(leaves):
            root = folded([leaves[: self.first - first], *self.levels[1:]])
            self.answers.append(f"the first {self.first} entries: root {root.hex()}")

    def full(self, number: int) -> None:
        """Check tiles as they become full."""
        for level in range(len(self.levels)):
            hashes = self.levels[level]
            if len(hashes) < WIDTH:
                return
            self.tile(level, number >> 8 * level, hashes)
            self.levels[level] = []
            if level + 1 == len(self.levels):
                self.levels.append([])
            self.levels[level + 1].append(joined(hashes))

    def tile(self, level: int, number: int, hashes: list[bytes]) -> None:
        """Compare a tile with the hashes of what was read; remember the first difference."""
        first = number * WIDTH ** (level + 1)
        width = min(WIDTH, (self.size >> 8 * level) - number * WIDTH)
        name = f"{level}/{number_path(number, width)}"
        data = read(self.path("tile", name), WIDTH * HASH)
        if data is None:
            self.suspect = self.suspect or f"entry {first}: tile/{name} is gone"
        elif data != b"".join(hashes) and not self.suspect:
            self.suspect = difference(level, first, hashes, data)

    def beyond(self) -> None:
        """Raise NotWhole where there are files that the signed head does not count."""
        self.expected(["entries"], 0, "")
        levels = [level for level, hashes in enumerate(self.levels) if self.size >> 8 * level]
        for name in listed(self.path("tile")):
            if name not in map(str, levels):
                shown = ascii(name).strip("'")
                raise NotWhole(f"entry {self.size}: tile/{shown} is beyond the signed head")
        for level in levels:
            self.expected(["tile", str(level)], level, "the tile over ")

    def expected(self, folder: list[str], level: int, what: str) -> None:
        """Check that a folder holds nothing but what belongs to this size."""
        top = self.path(*folder)
        count = self.size >> 8 * level
        for path, _, names in os.walk(top):
            for name in names:
                found = (Path(path) / name).relative_to(top).as_posix()
                plain = re.sub(r"\.p/.*|\D", "", found)
                number = int(plain) if 0 < len(plain) < 19 else count
                width = min(WIDTH, count - number * WIDTH)
                if width < 1 or found != number_path(number, width):
                    where = "/".join([*folder, ascii(found).strip("'")])
                    raise NotWhole(f"{what}entry {self.size} was inserted: {where} is not counted")

    def path(self, *names: str) -> Path:
        """Return a path inside the export."""
        return self.directory.joinpath(*names)


def listed(path: Path) -> list[str]:
    """Return the names in a folder; none where there is no folder."""
    return sorted(found.name for found in path.iterdir()) if path.is_dir() else []


def difference(level: int, first: int, hashes: list[bytes], data: bytes) -> str:
    """Say at which entry a tile and the entries part, and in which way."""
    signed = [data[at : at + HASH] for at in range(0, len(data), HASH)]
    pairs = zip(hashes, signed)
    at = next((at for at, (one, other) in enumerate(pairs) if one != other), -1)
    if at < 0:
        at = min(len(hashes), len(signed))
        return f"entry {first + at} was {'deleted' if len(hashes) < len(signed) else 'inserted'}"
    if level:
        return f"entry {first + at * WIDTH**level} or one after it was edited"
    if len(hashes) != len(signed):
        return f"entry {first + at} was {'deleted' if len(hashes) < len(signed) else 'inserted'}"
    known, present = hashes[at] in signed, signed[at] in hashes
    if known and present:
        return f"entry {first + at} was moved: it is now entry {first + hashes.index(signed[at])}"
    if present:
        return f"entry {first + at} was inserted"
    return f"entry {first + at} was {'deleted' if known else 'edited'}"


def verify(directory: Path, key_file: Path | None, asked: Asked = (0, frozenset())) -> str:
    """Return the sentence about a trail that is whole, and a line for each thing asked of it."""
    if not directory.is_dir():
        raise Unusable("this is not a folder")
    note = text_of(directory / "checkpoint", "checkpoint")
    key = key_from(text_of(key_file or directory / "key.pub", "key"))
    size, root, moment = head_from(note, key)
    if asked[0] > size or any(not 0 <= index < size for index in asked[1]):
        raise Unusable(f"the export holds {size} entries, fewer than were asked about")
    check = Check(directory, size, root, asked)
    check.run()
    whole = f"whole: {size} entries, root {root.hex()}, signed {moment}"
    return "\n".join([whole, *check.answers])


def main() -> int:
    """Check the folder that the command line names."""
    parser = argparse.ArgumentParser(description="Check an exported Keepwell trail.")
    parser.add_argument("directory", metavar="DIR", type=Path)
    parser.add_argument(
        "--key", metavar="FILE", type=Path, help="a key you received by another way"
    )
    parser.add_argument(
        "--entry", metavar="N", type=int, action="append", default=[], help="say an entry's hash"
    )
    parser.add_argument(
        "--first", metavar="N", type=int, default=0, help="say the root of the first N entries"
    )
    arguments = parser.parse_args()
    asked = arguments.first, frozenset(arguments.entry)
    try:
        status, sentence = outcome(arguments.directory, arguments.key, asked)
        sys.stdout.write(f"{sentence}\n")
        sys.stdout.flush()  # a full disk must not look like an answer
    except (Unusable, OSError, ValueError) as error:
        reason = error if isinstance(error, Unusable) else type(error).__name__
        sys.stderr.write(f"cannot be checked: {reason}\n")
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # where the last flush goes, unheard
        return 2
    return status


def outcome(
    directory: Path, key_file: Path | None, asked: Asked = (0, frozenset())
) -> tuple[int, str]:
    """Return the exit status and the sentence about a trail that could be checked."""
    try:
        return 0, verify(directory, key_file, asked)
    except NotWhole as fact:
        return 1, f"not whole: {fact}"


if __name__ == "__main__":
    sys.exit(main())
