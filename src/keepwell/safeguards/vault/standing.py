"""How keys stand: the root key's health, versions of organisations' keys, and what is under way."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from keepwell.safeguards.vault import data_keys, root, root_rotation
from keepwell.safeguards.vault.errors import KeystoreUnavailable, RootKeyError
from keepwell.safeguards.vault.keystore import access, wrappings
from keepwell.safeguards.vault.keystore.models import OrganisationKey


@dataclass(frozen=True, slots=True)
class RootStanding:
    """The root key: its provider, its name, and whether it is taking over or well."""

    provider: str
    fingerprint: str  # empty when the key cannot be read
    finding: str  # what is wrong, as a code; empty when it is well
    sentence: str
    is_rotating: bool


@dataclass(frozen=True, slots=True)
class KeysStanding:
    """One organisation's keys: how many data keys each version wraps, and how many are spare."""

    organisation: UUID
    wrapped: dict[int, int]  # data keys by version of the organisation key, all versions there are
    spare: int  # made ahead, used by nothing yet

    @property
    def newest(self) -> int:
        """Return the version that wraps what is made now; 0 when the organisation has no keys."""
        return max(self.wrapped, default=0)

    @property
    def waiting(self) -> int:
        """Return how many data keys a rewrap would move."""
        return sum(count for version, count in self.wrapped.items() if version < self.newest)


@dataclass(frozen=True, slots=True)
class KeyVersion:
    """A version of an organisation's key: when it was made, how many data keys it wraps."""

    version: int
    made: datetime
    wrapped: int


def of_root() -> RootStanding:
    """Ask the root key's provider how it is; whatever is wrong is said, not raised."""
    fingerprint, finding, sentence = "", "", ""
    try:
        fingerprint = root.provider().fingerprint()
        root.check()
    except (RootKeyError, KeystoreUnavailable) as error:
        finding, sentence = error.code, str(error)
    return RootStanding("file", fingerprint, finding, sentence, root_rotation.is_under_way())


def versions_of(organisation: UUID) -> list[KeyVersion]:
    """Return the versions of an organisation's key, oldest first. Raises KeystoreUnavailable."""
    with access.reading(organisation):
        counts = wrappings.counts(organisation)
        rows = list(OrganisationKey.objects.order_by("version").values_list("version", "made"))
    return [KeyVersion(version, made, counts.get(version, 0)) for version, made in rows]


def of_keys(organisation: UUID, used_ids: Collection[UUID]) -> KeysStanding:
    """Count an organisation's keys; no key is opened. Raises KeystoreUnavailable.

    `used_ids` is every key id that any of its rows names.
    """
    with access.reading(organisation):
        counts = wrappings.counts(organisation)
        versions = OrganisationKey.objects.values_list("version", flat=True)
        wrapped = {version: counts.get(version, 0) for version in sorted({*versions, *counts})}
    return KeysStanding(organisation, wrapped, len(data_keys.unnamed(organisation, used_ids)))
