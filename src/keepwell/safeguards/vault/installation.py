"""What belongs to an account is sealed under keys of the installation, not of an organisation.

They stand in the keystore as an organisation's keys do, under an id that no organisation can have
(the nil UUID, RFC 9562 5.9), so whatever replaces or copies keys knows them already:

    root key -> the installation's key -> one data key for each slot
"""

from collections.abc import Callable
from contextvars import Context
from typing import TypeVar
from uuid import UUID

from keepwell.safeguards.vault import keys, sealing
from keepwell.safeguards.vault.binding import Binding
from keepwell.safeguards.vault.errors import OrganisationKeysMissing

INSTALLATION = UUID(int=0)
Result = TypeVar("Result")


def seal(slot: str, plaintext: bytes) -> bytes:
    """Seal a value for a slot of the installation; its keys are made at first use.

    Raises KeystoreUnavailable and RootKeyError.
    """
    return _outside(lambda: sealing.seal(_key(slot), _binding(slot), plaintext))


def open_sealed(slot: str, sealed: bytes) -> bytes:
    """Open what `seal` made; raise SealBroken, KeystoreUnavailable and RootKeyError."""
    return _outside(lambda: sealing.open_sealed(_key(slot), _binding(slot), sealed))


def _key(slot: str) -> UUID:
    name = f"installation/{slot}"
    try:
        return keys.shared_key(INSTALLATION, name)
    except OrganisationKeysMissing:
        keys.make_organisation_keys(INSTALLATION)
        return keys.shared_key(INSTALLATION, name)


def _binding(slot: str) -> Binding:
    return Binding(slot, INSTALLATION, INSTALLATION)


def _outside(act: Callable[[], Result]) -> Result:
    """Step out of whatever wall the caller stands in: no row of an organisation is touched."""
    return Context().run(act)
