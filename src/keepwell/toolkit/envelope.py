"""The sealed value, format 1: one encrypted field, byte for byte (docs/formats/envelope.md).

    format 1 | key version 4 | nonce 12 | ciphertext | tag 16          33 bytes over the plaintext

AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. Associated data is the header (the first
five bytes) followed by the parts that say where the value belongs, each with its length before it,
so that two different lists of parts can never give the same bytes.
"""

import os
import struct
from collections.abc import Callable
from typing import ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from keepwell.toolkit.errors import KeepwellError

FORMAT_1 = 1
KEY_BYTES = 32
HEADER_BYTES = 5
NONCE_BYTES = 12
TAG_BYTES = 16
OVERHEAD_BYTES = HEADER_BYTES + NONCE_BYTES + TAG_BYTES

_HEADER = struct.Struct(">BI")
_LENGTH = struct.Struct(">I")
_BODY = HEADER_BYTES + NONCE_BYTES
_HEADERS = {version: _HEADER.pack(FORMAT_1, version) for version in range(256)}
# The same call without a layer above it where the system has it: 5 % of a seal. Up to 256 bytes
# come whole.
_random: Callable[[int], bytes] = getattr(os, "getrandom", os.urandom)

Key = bytes | bytearray | AESGCM


class SealBroken(KeepwellError):  # noqa: N818  names the fact
    """A sealed value does not open: altered, cut short, moved from elsewhere, or another key's.

    One error for every cause: an attacker who can write sealed bytes learns nothing from which
    check refused them.
    """

    code: ClassVar[str] = "seal_broken"
    status: ClassVar[int] = 500
    sentence: ClassVar[str] = (
        "A sealed value does not open: it was changed outside Keepwell or belongs elsewhere. "
        "Nothing was shown. Tell the person who runs this installation."
    )


def header(key_version: int) -> bytes:
    """Return the five bytes that begin a sealed value of format 1."""
    return _HEADER.pack(FORMAT_1, key_version)


def length_prefixed(*parts: bytes) -> bytes:
    """Join parts, each after its length as 4 bytes, big-endian."""
    return b"".join([_LENGTH.pack(len(part)) + part for part in parts])


def associated_data(header_bytes: bytes, *parts: bytes) -> bytes:
    """Return the whole associated data: the header, then the length-prefixed parts."""
    return header_bytes + length_prefixed(*parts)


def key_version_of(sealed: bytes) -> int:
    """Return the key version that a sealed value names; SealBroken if it is too short."""
    if len(sealed) < OVERHEAD_BYTES:
        raise SealBroken
    return int.from_bytes(sealed[1:HEADER_BYTES], "big")


def seal(
    key: Key, key_version: int, associated: bytes, plaintext: bytes, nonce: bytes | None = None
) -> bytes:
    """Seal a value with AES-256-GCM.

    `associated` is what `length_prefixed` gives; the header is put before it here. `key` is 32
    bytes, or the AESGCM object made from them once (making it costs as much as a seal). Only test
    vectors pass a nonce: one used twice under a key reveals both values and lets anyone forge more.
    """
    cipher = key if type(key) is AESGCM else _cipher(key)
    head = _HEADERS.get(key_version) or header(key_version)
    if nonce is None:
        nonce = _random(12)  # the kernel's, each time: a forked process cannot repeat one
    return head + nonce + cipher.encrypt(nonce, plaintext, head + associated)


def open_sealed(key: Key, associated: bytes, sealed: bytes, *, expected: int = FORMAT_1) -> bytes:
    """Return the plaintext; raise SealBroken for every cause of failure.

    The format is what the caller expects, never what the data says: otherwise whoever can write to
    the database could choose the weakest format we ever had (downgrade).
    """
    if len(sealed) < OVERHEAD_BYTES or sealed[0] != expected or expected != FORMAT_1:
        raise SealBroken
    cipher = key if type(key) is AESGCM else _cipher(key)
    try:
        return cipher.decrypt(sealed[5:17], sealed[17:], sealed[:5] + associated)
    except InvalidTag:
        raise SealBroken from None


def open_key_into(key: Key, associated: bytes, sealed: bytes) -> bytearray:
    """Open a wrapped 32-byte key into memory that can be wiped; SealBroken for every failure."""
    if len(sealed) != OVERHEAD_BYTES + KEY_BYTES or sealed[0] != FORMAT_1:
        raise SealBroken
    cipher = key if type(key) is AESGCM else _cipher(key)
    opened = bytearray(KEY_BYTES)
    head = sealed[:HEADER_BYTES]
    try:
        cipher.decrypt_into(sealed[HEADER_BYTES:_BODY], sealed[_BODY:], head + associated, opened)
    except InvalidTag:
        raise SealBroken from None
    return opened


def _cipher(key: Key) -> AESGCM:
    """Return the cipher of a key, refusing AES-128 and AES-192 by length."""
    if isinstance(key, AESGCM):
        return key
    if len(key) != KEY_BYTES:
        message = f"A key of format 1 has {KEY_BYTES} bytes, this one has {len(key)}."
        raise ValueError(message)
    return AESGCM(key)
