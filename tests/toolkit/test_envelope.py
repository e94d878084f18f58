"""Format 1 opens what it sealed, where it sealed it, and nothing else."""

import os
import struct

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from keepwell.toolkit import envelope
from keepwell.toolkit.envelope import SealBroken

KEY = bytes(range(32))
PLACE = envelope.length_prefixed(b"field/1", b"persons.person.name", b"a" * 16, b"r" * 16)
NAME = b"Pat Quill"


def test_sealing_costs_33_bytes() -> None:
    assert len(envelope.seal(KEY, 1, PLACE, NAME)) == len(NAME) + envelope.OVERHEAD_BYTES
    assert envelope.OVERHEAD_BYTES == 33


@given(st.binary(max_size=300), st.integers(0, 2**32 - 1), st.binary(max_size=60))
def test_what_was_sealed_opens(plaintext: bytes, version: int, place: bytes) -> None:
    sealed = envelope.seal(KEY, version, place, plaintext)
    assert envelope.open_sealed(KEY, place, sealed) == plaintext
    assert envelope.key_version_of(sealed) == version


def test_a_cipher_made_once_and_a_key_are_the_same() -> None:
    sealed = envelope.seal(AESGCM(KEY), 1, PLACE, NAME)
    assert envelope.open_sealed(KEY, PLACE, sealed) == NAME


def test_each_bit_counts() -> None:
    sealed = envelope.seal(KEY, 1, PLACE, NAME)
    for bit in range(len(sealed) * 8):
        broken = bytearray(sealed)
        broken[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SealBroken):
            envelope.open_sealed(KEY, PLACE, bytes(broken))


def test_no_shorter_and_no_longer_value_opens() -> None:
    sealed = envelope.seal(KEY, 1, PLACE, NAME)
    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            envelope.open_sealed(KEY, PLACE, sealed[:length])
    with pytest.raises(SealBroken):
        envelope.open_sealed(KEY, PLACE, sealed + b"\x00")


@given(st.binary(max_size=200))
def test_bytes_that_were_never_sealed_do_not_open(injected: bytes) -> None:
    with pytest.raises(SealBroken):
        envelope.open_sealed(KEY, PLACE, injected)
    with pytest.raises(SealBroken):
        envelope.open_sealed(KEY, PLACE, b"\x01\x00\x00\x00\x01" + injected)


Parts = st.lists(st.binary(max_size=4), max_size=4)


@given(Parts, Parts)
def test_two_lists_of_parts_never_look_alike(one: list[bytes], other: list[bytes]) -> None:
    alike = envelope.length_prefixed(*one) == envelope.length_prefixed(*other)
    assert alike == (one == other)


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_a_value_moved_elsewhere_does_not_open(here: bytes, there: bytes) -> None:
    sealed = envelope.seal(KEY, 1, here, NAME)
    if here == there:
        assert envelope.open_sealed(KEY, there, sealed) == NAME
    else:
        with pytest.raises(SealBroken):
            envelope.open_sealed(KEY, there, sealed)


def test_another_key_does_not_open() -> None:
    sealed = envelope.seal(KEY, 1, PLACE, NAME)
    with pytest.raises(SealBroken):
        envelope.open_sealed(bytes(32), PLACE, sealed)


def test_the_format_is_chosen_by_the_caller() -> None:
    sealed = envelope.seal(KEY, 1, PLACE, NAME)
    with pytest.raises(SealBroken):
        envelope.open_sealed(KEY, PLACE, sealed, expected=2)
    with pytest.raises(SealBroken):  # the data saying 2 changes nothing
        envelope.open_sealed(KEY, PLACE, b"\x02" + sealed[1:], expected=2)


@pytest.mark.parametrize("length", [0, 16, 24, 31, 33])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match=f"this one has {length}"):
        envelope.seal(bytes(length), 1, PLACE, NAME)
    with pytest.raises(ValueError, match=f"this one has {length}"):
        envelope.open_sealed(bytes(length), PLACE, bytes(40).replace(b"\x00", b"\x01", 1))


def test_a_version_that_does_not_fit_is_refused() -> None:
    for version in (-1, 2**32):
        with pytest.raises(struct.error):
            envelope.seal(KEY, version, PLACE, NAME)


def test_no_nonce_comes_twice() -> None:
    nonces = {envelope.seal(KEY, 1, PLACE, NAME)[5:17] for _ in range(2000)}
    assert len(nonces) == 2000


def test_a_wrapped_key_opens_into_memory_that_can_be_wiped() -> None:
    inner = os.urandom(32)
    wrapped = envelope.seal(KEY, 1, PLACE, inner)
    opened = envelope.open_key_into(KEY, PLACE, wrapped)
    assert isinstance(opened, bytearray)
    assert opened == inner
    assert len(wrapped) == 65
    for at in range(len(wrapped)):
        broken = bytearray(wrapped)
        broken[at] ^= 0x80
        with pytest.raises(SealBroken):
            envelope.open_key_into(KEY, PLACE, bytes(broken))
    with pytest.raises(SealBroken):
        envelope.open_key_into(KEY, PLACE, envelope.seal(KEY, 1, PLACE, bytes(31)))
