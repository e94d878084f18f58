"""Keys in the clear, in this process: what may be done with them and how they are wiped.

A cipher object keeps its own copy of the key inside OpenSSL, which clears it when the object goes.
Our own copy is a bytearray that is filled with zeros on eviction. More cannot be promised: Python
and the kernel may have copied either (docs/formats/envelope.md).
"""

from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import TypeVar
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

Result = TypeVar("Result")


class Wiped(Exception):  # noqa: N818  names the fact
    """The key was evicted while somebody was about to use it; fetch it again."""


class Unwrapped:
    """One version of one key."""

    __slots__ = ("_lock", "_material", "_signer", "_wiped", "cipher", "version")

    def __init__(self, material: bytearray, version: int) -> None:
        self._material = material
        self._wiped = False
        self._signer: Ed25519PrivateKey | None = None
        self._lock = Lock()
        self.version = version
        self.cipher = AESGCM(material)

    def derive(self, using: Callable[[bytearray], Result]) -> Result:
        """Give the bytes to a function, never while they are being wiped.

        Without the lock an eviction in another thread would let it derive from zeros, and seal a
        file under a key that everybody knows.
        """
        with self._lock:
            if self._wiped:
                raise Wiped
            return using(self._material)

    def signer(self) -> Ed25519PrivateKey:
        """Return the signing key whose seed this is (RFC 8032), made once: it costs a signature."""
        signer = self._signer
        if signer is None:
            signer = self._signer = self.derive(Ed25519PrivateKey.from_private_bytes)
        return signer

    def wipe(self) -> None:
        """Overwrite our copy with zeros. The cipher stays usable for whoever holds it just now."""
        with self._lock:
            self._wiped, self._signer = True, None
            self._material[:] = bytes(len(self._material))


class HeldKey:
    """A key with the versions that open, and the newest, which seals."""

    __slots__ = ("newest", "organisation", "used", "versions")

    def __init__(self, organisation: UUID, versions: list[Unwrapped]) -> None:
        self.organisation = organisation.int  # comparing ints costs a tenth of comparing UUIDs
        self.versions = {version.version: version for version in versions}
        self.newest = self.versions[max(self.versions)]
        self.used = False  # the cache's second chance

    def wipe(self) -> None:
        """Overwrite every version."""
        for version in self.versions.values():
            version.wipe()


class DatedKey(HeldKey):
    """A key of which it is known when each version was made."""

    __slots__ = ("made",)

    def __init__(
        self, organisation: UUID, versions: list[Unwrapped], made: dict[int, datetime]
    ) -> None:
        super().__init__(organisation, versions)
        self.made = made
