"""The Merkle tree of RFC 6962: hashes, and the two proofs a stranger can check.

Sizes and indexes are counts of leaves. `hash_at(level, index)` below gives the hash of the perfect
subtree over leaves `index * 2**level` up to `(index + 1) * 2**level`; where it comes from (a list
in memory, tiles in a store) is the caller's matter.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from hmac import compare_digest

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

HashAt = Callable[[int, int], bytes]


class ProofBroken(ValueError):  # noqa: N818  names the fact
    """A proof does not lead to the root it should lead to."""


def leaf_hash(entry: bytes) -> bytes:
    """Hash one entry (RFC 6962 2.1: 0x00, so that no inner node can pass for a leaf)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees (RFC 6962 2.1: 0x01)."""
    return sha256(b"\x01" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes; the empty tree has the hash of nothing."""
    if not leaves:
        return EMPTY_ROOT
    return range_hash(0, len(leaves), hashes_in(leaves))


def hashes_in(leaves: Sequence[bytes]) -> HashAt:
    """Return a `hash_at` over leaf hashes in memory (small trees and tests)."""

    def hash_at(level: int, index: int) -> bytes:
        if level == 0:
            return leaves[index]
        left = hash_at(level - 1, 2 * index)
        return node_hash(left, hash_at(level - 1, 2 * index + 1))

    return hash_at


def perfect_subtrees(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield (level, index) of the fewest perfect subtrees that cover leaves start to end."""
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        yield level, start >> level
        start += 1 << level


def range_hash(start: int, end: int, hash_at: HashAt) -> bytes:
    """Return the hash of the subtree over leaves start to end, as it occurs in a proof."""
    hashes = [hash_at(level, index) for level, index in perfect_subtrees(start, end)]
    return fold(hashes)


def fold(edge: Sequence[bytes]) -> bytes:
    """Join subtree hashes that shrink from left to right into the hash over all of them."""
    if not edge:
        return EMPTY_ROOT
    result = edge[-1]
    for left in reversed(edge[:-1]):
        result = node_hash(left, result)
    return result


def _split(size: int) -> int:
    """Return the largest power of two smaller than size (RFC 6962 2.1: k)."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(index: int, size: int, hash_at: HashAt) -> list[bytes]:
    """Make the audit path of a leaf in the tree of that size (RFC 6962 2.1.1)."""
    if not 0 <= index < size:
        raise IndexError(f"No leaf {index} in a tree of {size}.")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(range_hash(middle, end, hash_at))
            end = middle
        else:
            path.append(range_hash(start, middle, hash_at))
            start = middle
    return path[::-1]


def check_inclusion(
    leaf: bytes, *, index: int, size: int, root: bytes, proof: Sequence[bytes]
) -> None:
    """Raise ProofBroken unless this leaf hash is at this index (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        raise ProofBroken(f"No leaf {index} in a tree of {size}.")
    position, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofBroken("The proof is too long.")
        if position & 1 or position == last:
            result = node_hash(sibling, result)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        position, last = position >> 1, last >> 1
    if last != 0 or not compare_digest(result, root):
        raise ProofBroken(f"The proof does not place this leaf at {index} of {size}.")


def consistency_proof(old: int, new: int, hash_at: HashAt) -> list[bytes]:
    """Prove that the tree of size `old` is how that of `new` began (RFC 6962 2.1.2)."""
    if not 0 <= old <= new:
        raise IndexError(f"A tree of {old} cannot become one of {new}.")
    if old in (0, new):
        return []
    path: list[bytes] = []
    start, end = 0, new
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(range_hash(middle, end, hash_at))
            end = middle
        else:
            path.append(range_hash(start, middle, hash_at))
            start = middle
    if start:
        path.append(range_hash(start, end, hash_at))
    return path[::-1]


def check_consistency(
    *, old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """Raise ProofBroken unless the old tree is the beginning of the new one (RFC 9162 2.1.4.2)."""
    if not 0 <= old <= new:
        raise ProofBroken(f"A tree of {old} cannot become one of {new}.")
    if old in (0, new):
        expected = EMPTY_ROOT if old == 0 else new_root
        if proof or not compare_digest(old_root, expected):
            raise ProofBroken("Trees of these sizes need equal roots and an empty proof.")
        return
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        raise ProofBroken("The proof is empty.")
    first, second = _follow(path, old - 1, new - 1)
    if not (compare_digest(first, old_root) and compare_digest(second, new_root)):
        raise ProofBroken(f"The tree of {old} is not the beginning of the tree of {new}.")


def _follow(path: Sequence[bytes], position: int, last: int) -> tuple[bytes, bytes]:
    while position & 1:
        position, last = position >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofBroken("The proof is too long.")
        if position & 1 or position == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise ProofBroken("The proof is too short.")
    return first, second
