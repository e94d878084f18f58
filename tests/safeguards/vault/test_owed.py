"""A shredding that an act promised is kept, also when a kill or an outage comes between."""

from uuid import UUID

import pytest
from django.db import connections

from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.vault import keys, owed, pool
from keepwell.safeguards.vault.errors import KeystoreUnavailable
from keepwell.safeguards.vault.keystore import notices
from keepwell.toolkit.identifiers import uuid7
from tests.safeguards.vault.keepers import stored_keys


def promise(organisation: UUID, entry: UUID, *key_ids: UUID) -> None:
    with wall.writing(organisation):
        owed.owe(organisation, key_ids, entry)


def test_what_is_owed_is_shredded_once_for_its_entry(ada: UUID) -> None:
    first, second, kept = (keys.new_data_key(ada) for _ in range(3))
    one, other = uuid7(), uuid7()
    promise(ada, one, first)
    promise(ada, other, second)
    assert owed.is_owed(ada, one)
    assert owed.pay(ada) == 2
    assert not owed.is_owed(ada, one)
    assert [notice.ids for notice in notices.of_entry(one)] == [(first,)]
    assert stored_keys(ada) & {first, second, kept} == {kept}
    assert owed.pay(ada) == 0


def test_an_act_that_is_rolled_back_owes_nothing(ada: UUID) -> None:
    key, entry = keys.new_data_key(ada), uuid7()
    with pytest.raises(LookupError), wall.writing(ada):
        owed.owe(ada, [key], entry)
        raise LookupError
    assert owed.pay(ada) == 0
    assert key in stored_keys(ada)


def test_what_was_shredded_before_a_kill_is_paid_without_another_notice(ada: UUID) -> None:
    key, entry = keys.new_data_key(ada), uuid7()
    promise(ada, entry, key)
    keys.shred(ada, [key], entry)  # and killed before the promise was taken back
    assert owed.pay(ada) == 0
    assert not owed.is_owed(ada, entry)
    assert len(notices.of_entry(entry)) == 1


def test_while_the_keystore_is_away_it_stays_owed(ada: UUID) -> None:
    key, entry = keys.new_data_key(ada), uuid7()
    pool.settle()
    promise(ada, entry, key)
    connection = connections["keys"]
    connection.close()
    before = dict(connection.settings_dict)
    connection.settings_dict.update(NAME="/nowhere/keys", PORT="1")
    try:
        with pytest.raises(KeystoreUnavailable):
            owed.pay(ada)
    finally:
        connection.settings_dict.update(before)
    assert owed.is_owed(ada, entry)
    assert owed.pay(ada) == 1


def test_a_stranger_pays_nothing_of_ours(ada: UUID, cy: UUID) -> None:
    key = keys.new_data_key(ada)
    promise(ada, uuid7(), key)
    assert owed.pay(cy) == 0
    assert key in stored_keys(ada)
