"""Write tests/vectors/trail.json: run once, when a format is added.

Run as `python -m tests.vectors.write_trail`. Vectors that are published never change: a difference
in this file's output is a defect in the code. The leaves, roots and the note of the first two
sections are not ours: they are the ones of certificate-transparency and of Go's x/mod/sumdb/note.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from keepwell.safeguards.audit.entries import Entry
from keepwell.toolkit import canonical, merkle, notes, tiles

FILE = Path(__file__).with_name("trail.json")
# certificate-transparency, cpp/merkletree/merkle_tree_test.cc
RFC_6962_LEAVES = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
RFC_6962_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
# golang.org/x/mod/sumdb/note, note_test.go
GO_NOTE = {
    "key": "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    "note": (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n\n"
        "\N{EM DASH} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXg"
        "KvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    ),
}
SEED = bytes(range(32))
ORGANISATION = UUID("01931e2c-7a00-7000-8000-0000000000a1")
ORIGIN = f"keepwell/{ORGANISATION}"
TIME_US = 1_795_490_100_123_456
LARGE = 70_000  # leaves; reaches the third level of tiles

INCLUSIONS = ((0, 1), (0, 8), (5, 8), (2, 3), (1, 5), (6, 7))
CONSISTENCIES = ((1, 1), (1, 8), (6, 8), (2, 5), (4, 8), (3, 7))
TILES = ((0, 0, 256), (1, 999, 256), (0, 1000, 256), (2, 1234067, 8), (0, 273, 112))
VALUES: tuple[Any, ...] = (
    None,
    [True, False, 0, -1, 2**53 - 1],
    {"b": [], "a": {}, "": ""},
    # RFC 8785 3.2.3: keys in the order of UTF-16
    {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7},
    {"text": '\u0000\u0008\t\n\u000c\r\u001f"\\/\u007f\u2028 Zoë \U0001f600'},
)


def entry(number: int) -> Entry:
    """Return an entry made of its number."""
    return Entry(
        id=UUID(int=ORGANISATION.int + number),
        time_us=TIME_US + number,
        period=202611,
        kind="records:fields:open" if number else "é",
        digest=sha256(b"sealed %d" % number).digest(),
    )


def large_leaves() -> list[bytes]:
    """Return leaf hashes of the numbers from 0, written in decimal."""
    return [merkle.leaf_hash(b"%d" % number) for number in range(LARGE)]


def grown() -> tiles.Growth:
    """Return the large tree."""
    growth = tiles.Growth()
    for leaf in large_leaves():
        growth.append(leaf)
    return growth


def _trees() -> dict[str, Any]:
    leaves = [merkle.leaf_hash(bytes.fromhex(leaf)) for leaf in RFC_6962_LEAVES]
    hash_at = merkle.hashes_in(leaves)
    return {
        "leaves": list(RFC_6962_LEAVES),
        "roots": [merkle.root_of(leaves[: size + 1]).hex() for size in range(len(leaves))],
        "inclusions": [
            {
                "index": index,
                "size": size,
                "proof": _hex(merkle.inclusion_proof(index, size, hash_at)),
            }
            for index, size in INCLUSIONS
        ],
        "consistencies": [
            {"old": old, "new": new, "proof": _hex(merkle.consistency_proof(old, new, hash_at))}
            for old, new in CONSISTENCIES
        ],
    }


def _hex(hashes: list[bytes]) -> list[str]:
    return [hash_.hex() for hash_ in hashes]


def _large() -> dict[str, Any]:
    growth = grown()
    return {
        "size": growth.size,
        "root": growth.root().hex(),
        "edge": [{"path": tile.path, "width": tile.width} for tile in growth.unfinished()],
        "edge_sha256": sha256(b"".join(tile.hashes for tile in growth.unfinished())).hexdigest(),
    }


def _checkpoint() -> dict[str, Any]:
    key = Ed25519PrivateKey.from_private_bytes(SEED)
    root = bytes.fromhex(RFC_6962_ROOTS[-1])
    head = notes.Checkpoint(ORIGIN, 8, root, ("signed 2026-11-24T03:15:00.123456Z",))
    verify_key = notes.VerifyKey(ORIGIN, notes.public_bytes(key.public_key()))
    return {
        "seed": SEED.hex(),
        "key": str(verify_key),
        "size": 8,
        "root": root.hex(),
        "note": notes.sign(head.text(), ORIGIN, key),
    }


def _entries() -> list[dict[str, Any]]:
    return [
        {
            "id": str(one.id),
            "time_us": str(one.time_us),
            "period": one.period,
            "kind": one.kind,
            "digest": one.digest.hex(),
            "bytes": one.encode().hex(),
            "leaf": one.leaf().hex(),
        }
        for one in map(entry, range(3))
    ]


def vectors() -> dict[str, Any]:
    """Return everything that the file holds."""
    return {
        "rfc6962": _trees(),
        "note": GO_NOTE,
        "large": _large(),
        "tile_paths": [
            {"level": level, "number": number, "width": width, "path": _path(level, number, width)}
            for level, number, width in TILES
        ],
        "canonical": [{"value": value, "bytes": canonical.encode(value).hex()} for value in VALUES],
        "entries": _entries(),
        "checkpoint": _checkpoint(),
    }


def _path(level: int, number: int, width: int) -> str:
    return tiles.Tile(level, number, bytes(width * merkle.HASH_BYTES)).path


if __name__ == "__main__":
    FILE.write_text(json.dumps(vectors(), indent=2) + "\n", encoding="ascii")
