"""An attachment of 10 MB sealed and opened in memory: `python -m bench.subjects.blob chunks|whole`.

`chunks` is Keepwell's sealed file, 64 KiB at a time; `whole` is one call of AES-GCM, the floor.
"""

import os
import sys

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.subjects.loop import Work, repeated, serve
from keepwell.toolkit import sealedfile

PLAIN = os.urandom(1 << 20) * 10


def chunks() -> dict[str, Work]:
    """Seal and open as a stream would."""
    key = sealedfile.subkey(os.urandom(32), sealedfile.header(1, os.urandom(32)), b"bench")
    size = sealedfile.CHUNK_BYTES
    parts = [PLAIN[start : start + size] for start in range(0, len(PLAIN), size)]
    last = len(parts) - 1
    sealed = [
        sealedfile.seal_chunk(key, number, part, is_last=number == last)
        for number, part in enumerate(parts)
    ]

    def seal_all(_number: int) -> None:
        for number, part in enumerate(parts):
            sealedfile.seal_chunk(key, number, part, is_last=number == last)

    def open_all(_number: int) -> None:
        for number, part in enumerate(sealed):
            sealedfile.open_chunk(key, number, part, is_last=number == last)

    return {"seal": repeated(seal_all), "open": repeated(open_all)}


def whole() -> dict[str, Work]:
    """Seal and open in one call."""
    cipher, nonce = AESGCM(os.urandom(32)), bytes(12)
    sealed = cipher.encrypt(nonce, PLAIN, None)
    return {
        "seal": repeated(lambda _: cipher.encrypt(nonce, PLAIN, None)),
        "open": repeated(lambda _: cipher.decrypt(nonce, sealed, None)),
    }


if __name__ == "__main__":
    serve({"chunks": chunks, "whole": whole}[sys.argv[1]]())
