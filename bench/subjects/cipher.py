"""Seal and open 100 bytes: `python -m bench.subjects.cipher raw|fernet|tink|envelope|vault`.

What each binds: raw AES-GCM and Fernet nothing, Tink the associated data it is given, ours the
slot, the organisation and the row.
"""

import os
import sys
from collections.abc import Callable

from bench.subjects.loop import repeated, serve

PLAIN = b"x" * 100
Seal = Callable[[bytes], bytes]


def raw() -> tuple[Seal, Seal]:
    """AES-256-GCM of `cryptography` with a random nonce, no associated data: the floor."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    cipher = AESGCM(AESGCM.generate_key(256))

    def seal(plain: bytes) -> bytes:
        nonce = os.urandom(12)
        return nonce + cipher.encrypt(nonce, plain, None)

    return seal, lambda sealed: cipher.decrypt(sealed[:12], sealed[12:], None)


def fernet() -> tuple[Seal, Seal]:
    """Fernet of `cryptography`: AES-128-CBC and HMAC, base64."""
    from cryptography.fernet import Fernet

    cipher = Fernet(Fernet.generate_key())
    return cipher.encrypt, cipher.decrypt


def tink() -> tuple[Seal, Seal]:
    """Google's Tink: AES-256-GCM with associated data of the same length as ours."""
    import tink as library
    from tink import aead

    aead.register()
    handle = library.new_keyset_handle(aead.aead_key_templates.AES256_GCM)
    cipher = handle.primitive(aead.Aead)
    bound = b"b" * 59
    return lambda plain: cipher.encrypt(plain, bound), lambda sealed: cipher.decrypt(sealed, bound)


def envelope() -> tuple[Seal, Seal]:
    """Keepwell's sealed value, format 1, with the key at hand."""
    from keepwell.toolkit import envelope as ours

    cipher = ours.AESGCM(os.urandom(32))
    parts = ours.length_prefixed(b"field/1", b"chart.name", bytes(16), bytes(16))
    return (
        lambda plain: ours.seal(cipher, 1, parts, plain),
        lambda sealed: ours.open_sealed(cipher, parts, sealed),
    )


def vault() -> tuple[Seal, Seal]:
    """Keepwell's vault: find the row's key, bind, seal."""
    from bench.subjects import installation

    viewer = installation.begin()
    from keepwell.safeguards.vault import keys, sealing

    key = keys.new_data_key(viewer.organisation)
    where = sealing.Binding("chart.name", viewer.organisation, key)
    return (
        lambda plain: sealing.seal(key, where, plain),
        lambda sealed: sealing.open_sealed(key, where, sealed),
    )


KINDS = {one.__name__: one for one in (raw, fernet, tink, envelope, vault)}


def main() -> None:
    """Serve one kind of cipher."""
    seal, open_sealed = KINDS[sys.argv[1]]()
    sealed = seal(PLAIN)
    assert open_sealed(sealed) == PLAIN

    acts = {
        "seal": repeated(lambda _: seal(PLAIN)),
        "open": repeated(lambda _: open_sealed(sealed)),
    }
    serve(acts, {"bytes over the plaintext": len(sealed) - 100})


if __name__ == "__main__":
    main()
