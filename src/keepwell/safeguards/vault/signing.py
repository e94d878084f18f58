"""The organisation's Ed25519 key that signs its trail's checkpoints."""

from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from keepwell.safeguards.vault import erased, organisation_keys
from keepwell.safeguards.vault.errors import OrganisationKeysMissing
from keepwell.safeguards.vault.held import Wiped
from keepwell.safeguards.vault.keystore.models import Purpose


def signing_key(organisation: UUID) -> Ed25519PrivateKey:
    """Return the newest signing key (RFC 8032; the stored secret is its 32-byte seed)."""
    for _attempt in range(3):
        newest = organisation_keys.purpose_key(organisation, Purpose.SIGNING).newest
        try:
            return newest.signer()
        except Wiped:  # evicted between finding and using it: find it again
            continue
    raise Wiped


def verify_key(organisation: UUID) -> Ed25519PublicKey:
    """Return the key that checks signatures; that of an erased organisation was kept."""
    try:
        return signing_key(organisation).public_key()
    except OrganisationKeysMissing:
        gone = erased.find(organisation)
        if gone is None:
            raise
        return Ed25519PublicKey.from_public_bytes(gone.public_key)
