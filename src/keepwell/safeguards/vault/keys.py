"""Keys as the rest of Keepwell sees them: ids to seal under, made ahead, shared, shredded."""

import contextlib
import os
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from django.db import IntegrityError

from keepwell.safeguards.vault import (
    data_keys,
    erased,
    observer,
    organisation_keys,
    pool,
    shared,
    signing,
)
from keepwell.safeguards.vault.errors import KeystoreUnavailable
from keepwell.safeguards.vault.keystore import access
from keepwell.safeguards.vault.keystore.models import SharedKey
from keepwell.safeguards.vault.observer import Verb


def make_organisation_keys(organisation: UUID) -> None:
    """Make the keys of a new organisation, durably; do nothing when it has them."""
    organisation_keys.make(organisation)


def new_data_key(organisation: UUID) -> UUID:
    """Return a durable key that nothing is sealed under yet, normally from memory.

    A key that is not used is swept after a day. Raises KeystoreUnavailable.
    """
    spare = pool.of(organisation).take()
    data_keys.held.put(spare.key_id.int, spare.held)
    return spare.key_id


def existing_shared_key(organisation: UUID, name: str) -> UUID | None:
    """Return the key of this name as the keystore knows it now; None: never made, or shredded."""
    with access.reading(organisation):
        return SharedKey.objects.filter(name=name).values_list("key_id", flat=True).first()


def shared_key(organisation: UUID, name: str) -> UUID:
    """Return the key of this name, such as "trail/202611", making it at first use."""
    known = shared.known(organisation, name)
    if known is not None:
        return known
    epoch = shared.epoch()
    found = existing_shared_key(organisation, name)
    if found is None:
        found = _share(organisation, name)
    shared.remember(organisation, name, found, epoch)
    return found


def shared_keys(organisation: UUID, prefix: str) -> dict[str, UUID]:
    """Return the keys whose names begin like this, by name."""
    with access.reading(organisation):
        found = SharedKey.objects.filter(name__startswith=prefix)
        return dict(found.values_list("name", "key_id"))


def _share(organisation: UUID, name: str) -> UUID:
    """Give a spare key a name; when another process was first, its key is the one."""
    spare = new_data_key(organisation)
    try:
        with access.writing(organisation):
            SharedKey.objects.create(organisation_id=organisation, name=name, key_id=spare)
    except IntegrityError:
        with access.reading(organisation):
            spare = SharedKey.objects.values_list("key_id", flat=True).get(name=name)
    return spare


def load(organisation: UUID, key_ids: Iterable[UUID]) -> None:
    """Fetch with one query all keys that a list of rows will need; gone ones are no error here."""
    data_keys.load(organisation, key_ids)


def add_version(organisation: UUID, key_id: UUID) -> int:
    """Add a version to a data key: it seals from now on, what older ones sealed still opens."""
    return data_keys.add_version(organisation, key_id)


def shred(organisation: UUID, key_ids: Collection[UUID], entry: UUID | None = None) -> int:
    """Destroy data keys in one keystore transaction; return how many existed.

    Nothing sealed under them opens again: at once in this process, within 5 seconds in every other
    (`vault.watch`), and with copies of the keystore once the last has expired. `entry` is the
    trail's entry that ordered it.
    """
    count = data_keys.delete(organisation, key_ids, Verb.SHRED, entry)
    shared.forget_all()
    return count


def order_shredding(
    organisation: UUID, entry: UUID | None, counts: Mapping[str, int] | None = None
) -> None:
    """Keep, apart from the keys, what must outlive them: the public key, and the order itself.

    `entry` is the trail's that ordered it, `counts` how many rows of which model there were.
    """
    public = signing.verify_key(organisation).public_bytes_raw()
    erased.begin(organisation, entry, public, counts or {})


def shred_organisation(organisation: UUID, entry: UUID | None = None, *, note: str = "") -> int:
    """Destroy every key of an organisation in one keystore transaction; return how many data keys.

    Nothing that it sealed opens again, its trail's contents included, and nothing can be sealed or
    signed: other processes know within 5 seconds. So leave the trail's entry and sign its head
    before; `note` is that head. It and the public key are kept (`vault.erased`), so that the log
    and the proofs of its entries stay checkable.
    """
    order_shredding(organisation, entry)
    with access.writing(organisation):
        count = data_keys.delete_all(organisation)
        organisation_keys.delete_all(organisation, entry)
        erased.complete(keys=count, note=note)
    pool.discard(organisation)
    data_keys.held.drop_of(organisation)
    organisation_keys.forget(organisation)
    shared.forget_all()
    with contextlib.suppress(KeystoreUnavailable):
        access.forget_deleted()
    observer.report(Verb.SHRED, organisation, [organisation])
    return count


def sweep_unused(organisation: UUID, used_ids: Iterable[UUID]) -> int:
    """Destroy keys older than a day that no record uses; return how many.

    `used_ids` must be every key id that any row of this organisation refers to, read before this
    call; shared keys are known here. See `pool.FRESH_US` for why no key in use can be missed.
    """
    unused = data_keys.unused(organisation, used_ids)
    return data_keys.delete(organisation, unused, Verb.SWEEP)


def forget_expired() -> None:
    """Wipe keys that were held too long (the house's timer calls this every minute)."""
    data_keys.held.drop_expired()
    organisation_keys.held.drop_expired()


def forget() -> None:
    """Wipe every key this process holds, spare ones too."""
    pool.clear()
    data_keys.held.clear()
    organisation_keys.held.clear()
    shared.forget_all()


def _forget_after_fork() -> None:
    pool.clear_after_fork()
    data_keys.held.clear_after_fork()
    organisation_keys.held.clear_after_fork()
    shared.forget_all()


os.register_at_fork(after_in_child=_forget_after_fork)
