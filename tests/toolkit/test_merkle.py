"""Proofs hold for what they prove and for nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.toolkit import merkle
from keepwell.toolkit.merkle import ProofBroken

LEAVES = [merkle.leaf_hash(b"%d" % number) for number in range(300)]
HASH_AT = merkle.hashes_in(LEAVES)
SIZES = st.integers(1, len(LEAVES))


def root(size: int) -> bytes:
    return merkle.root_of(LEAVES[:size])


def flipped(data: bytes, bit: int) -> bytes:
    broken = bytearray(data)
    broken[bit // 8] ^= 1 << bit % 8
    return bytes(broken)


def recursive_root(leaves: list[bytes]) -> bytes:
    """Do what RFC 6962 2.1 says, word for word."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else merkle.EMPTY_ROOT
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return merkle.node_hash(recursive_root(leaves[:half]), recursive_root(leaves[half:]))


@given(st.integers(0, len(LEAVES)))
def test_the_root_is_the_one_of_the_definition(size: int) -> None:
    assert root(size) == recursive_root(LEAVES[:size])


@given(SIZES, st.data())
def test_every_leaf_can_be_proven(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(index, size, HASH_AT)
    merkle.check_inclusion(LEAVES[index], index=index, size=size, root=root(size), proof=proof)


@given(SIZES, st.data())
def test_no_leaf_can_be_proven_elsewhere(size: int, data: st.DataObject) -> None:
    index, other = data.draw(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)))
    proof = merkle.inclusion_proof(index, size, HASH_AT)
    if other != index:
        with pytest.raises(ProofBroken):
            merkle.check_inclusion(
                LEAVES[index], index=other, size=size, root=root(size), proof=proof
            )


@given(SIZES, st.data())
def test_every_beginning_can_be_proven(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(0, new))
    proof = merkle.consistency_proof(old, new, HASH_AT)
    merkle.check_consistency(old=old, new=new, old_root=root(old), new_root=root(new), proof=proof)


@given(st.integers(2, len(LEAVES)), st.data())
def test_another_beginning_cannot_be_proven(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    forged = merkle.root_of([*LEAVES[: old - 1], merkle.leaf_hash(b"forged")])
    proof = merkle.consistency_proof(old, new, HASH_AT)
    with pytest.raises(ProofBroken):
        merkle.check_consistency(old=old, new=new, old_root=forged, new_root=root(new), proof=proof)


def test_each_bit_of_an_inclusion_proof_counts() -> None:
    proof = merkle.inclusion_proof(5, 13, HASH_AT)
    for at, hash_ in enumerate(proof):
        for bit in range(256):
            broken = [*proof[:at], flipped(hash_, bit), *proof[at + 1 :]]
            with pytest.raises(ProofBroken):
                merkle.check_inclusion(LEAVES[5], index=5, size=13, root=root(13), proof=broken)


def test_each_bit_of_a_consistency_proof_counts() -> None:
    proof = merkle.consistency_proof(6, 13, HASH_AT)
    for at, hash_ in enumerate(proof):
        for bit in range(256):
            broken = [*proof[:at], flipped(hash_, bit), *proof[at + 1 :]]
            with pytest.raises(ProofBroken):
                merkle.check_consistency(
                    old=6, new=13, old_root=root(6), new_root=root(13), proof=broken
                )


@pytest.mark.parametrize("extra", [-1, 1])
def test_a_proof_of_another_length_is_refused(extra: int) -> None:
    inclusion = merkle.inclusion_proof(5, 13, HASH_AT)
    inclusion = [*inclusion, inclusion[-1]][: len(inclusion) + extra]
    with pytest.raises(ProofBroken):
        merkle.check_inclusion(LEAVES[5], index=5, size=13, root=root(13), proof=inclusion)
    consistency = merkle.consistency_proof(6, 13, HASH_AT)
    consistency = [*consistency, consistency[-1]][: len(consistency) + extra]
    with pytest.raises(ProofBroken):
        merkle.check_consistency(
            old=6, new=13, old_root=root(6), new_root=root(13), proof=consistency
        )


def test_sizes_that_cannot_be_are_refused() -> None:
    with pytest.raises(ProofBroken):
        merkle.check_inclusion(LEAVES[0], index=1, size=1, root=root(1), proof=[])
    with pytest.raises(ProofBroken):
        merkle.check_consistency(old=2, new=1, old_root=root(2), new_root=root(1), proof=[])
    with pytest.raises(ProofBroken):
        merkle.check_consistency(old=3, new=5, old_root=root(3), new_root=root(5), proof=[])
    with pytest.raises(ProofBroken):
        merkle.check_consistency(old=3, new=3, old_root=root(3), new_root=root(4), proof=[])


def test_an_inner_node_cannot_pass_for_a_leaf() -> None:
    assert merkle.leaf_hash(LEAVES[0] + LEAVES[1]) != merkle.node_hash(LEAVES[0], LEAVES[1])
