"""The link that withdraws a letter: it holds, sealed, whose letter of which organisation it is.

Nothing is kept of it, so it works as long as the installation's key is there, any number of times,
and old letters need no rows. It cannot be guessed or changed (AES-256-GCM), reads as random, and is
good for this alone. Whoever asks with a wrong one is not told.
"""

import base64
import binascii
from dataclasses import dataclass
from uuid import UUID

from keepwell.safeguards.vault import installation
from keepwell.toolkit.envelope import OVERHEAD_BYTES, SealBroken

SLOT = "consent.mailing.link"
_IDS_BYTES = 32
_LONGEST = 400  # letters of a token


@dataclass(frozen=True, slots=True)
class Meant:
    """What a link withdraws."""

    organisation: UUID
    account: UUID
    letter: str


def token_of(meant: Meant) -> str:
    """Return a token for a link; another one each time, and all of them work."""
    said = meant.organisation.bytes + meant.account.bytes + meant.letter.encode()
    return base64.urlsafe_b64encode(installation.seal(SLOT, said)).decode().rstrip("=")


def meant_by(token: str) -> Meant | None:
    """Return what a token withdraws; None for any that is not one of ours.

    Raises KeystoreUnavailable: then nobody can tell, and the sender tries again.
    """
    sealed = _bytes_of(token)
    if len(sealed) <= OVERHEAD_BYTES + _IDS_BYTES:
        return None
    try:
        said = installation.open_sealed(SLOT, sealed)
    except SealBroken:
        return None
    letter = said[_IDS_BYTES:].decode()
    return Meant(UUID(bytes=said[:16]), UUID(bytes=said[16:_IDS_BYTES]), letter)


def _bytes_of(token: str) -> bytes:
    if len(token) > _LONGEST or not token.isascii():
        return b""
    try:
        return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return b""
