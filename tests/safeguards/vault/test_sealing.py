"""A value opens in its field, row and organisation, under its key, and nowhere else."""

from uuid import UUID, uuid4

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from keepwell.safeguards.vault import data_keys, keys, sealing
from keepwell.safeguards.vault.binding import Binding
from keepwell.safeguards.vault.sealing import KeyGone, SealBroken
from tests.safeguards.vault.keepers import NAME, binding


def _remember() -> None:
    """Leave the keys in memory."""


def test_a_sealed_value_opens_where_it_was_sealed(ada: UUID) -> None:
    key, place = keys.new_data_key(ada), binding(ada)
    sealed = sealing.seal(key, place, NAME)
    assert len(sealed) == len(NAME) + 33
    assert NAME not in sealed
    assert sealing.open_sealed(key, place, sealed) == NAME


def test_it_still_opens_when_the_process_has_forgotten_all_keys(ada: UUID) -> None:
    key, place = keys.new_data_key(ada), binding(ada)
    sealed = sealing.seal(key, place, NAME)
    keys.forget()
    assert sealing.open_sealed(key, place, sealed) == NAME


def test_a_value_moved_to_another_row_or_field_does_not_open(ada: UUID) -> None:
    key, place = keys.new_data_key(ada), binding(ada)
    sealed = sealing.seal(key, place, NAME)
    for elsewhere in (place._replace(row=uuid4()), place._replace(slot="persons.person.born")):
        with pytest.raises(SealBroken):
            sealing.open_sealed(key, elsewhere, sealed)


def test_a_value_moved_to_another_organisation_does_not_open(ada: UUID, cy: UUID) -> None:
    key, place = keys.new_data_key(ada), binding(ada)
    sealed = sealing.seal(key, place, NAME)
    stolen = place._replace(organisation=cy)
    with pytest.raises(SealBroken):
        sealing.open_sealed(keys.new_data_key(cy), stolen, sealed)
    with pytest.raises(KeyGone):
        sealing.open_sealed(key, stolen, sealed)


def test_a_strangers_key_answers_like_one_that_never_was(ada: UUID, cy: UUID) -> None:
    key = keys.new_data_key(ada)
    for forget in (_remember, keys.forget):
        forget()
        for unknown in (key, uuid4()):
            with pytest.raises(KeyGone) as caught:
                sealing.seal(unknown, binding(cy), NAME)
            assert caught.value.args == ()


def test_two_keys_of_one_organisation_do_not_open_for_each_other(ada: UUID) -> None:
    place = binding(ada)
    sealed = sealing.seal(keys.new_data_key(ada), place, NAME)
    with pytest.raises(SealBroken):
        sealing.open_sealed(keys.new_data_key(ada), place, sealed)


@pytest.mark.parametrize("injected", [b"", b"Pat Quill", b"\x01", b"\x01\x00\x00\x00\x01Pat"])
def test_clear_text_in_the_column_does_not_open(ada: UUID, injected: bytes) -> None:
    with pytest.raises(SealBroken):
        sealing.open_sealed(keys.new_data_key(ada), binding(ada), injected)


def test_each_bit_and_each_byte_counts(ada: UUID) -> None:
    key, place = keys.new_data_key(ada), binding(ada)
    sealed = sealing.seal(key, place, NAME)
    for at in range(len(sealed)):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        for broken in (changed, sealed[:at]):
            with pytest.raises(SealBroken):
                sealing.open_sealed(key, place, broken)


def test_what_older_versions_sealed_opens_and_the_newest_seals(ada: UUID) -> None:
    key, place = keys.new_data_key(ada), binding(ada)
    old = sealing.seal(key, place, NAME)
    assert keys.add_version(ada, key) == 2
    new = sealing.seal(key, place, NAME)
    assert (old[4], new[4]) == (1, 2)
    assert sealing.open_sealed(key, place, old) == sealing.open_sealed(key, place, new) == NAME


def test_a_version_that_another_process_added_is_found(ada: UUID) -> None:
    key, place = keys.new_data_key(ada), binding(ada)
    stale = data_keys.data_key(ada, key)
    keys.add_version(ada, key)
    new = sealing.seal(key, place, NAME)
    data_keys.held.put(key.int, stale)  # what this process would hold had the other one done it
    assert sealing.open_sealed(key, place, new) == NAME


def test_keys_of_many_rows_are_fetched_with_one_query(ada: UUID) -> None:
    places = [(keys.new_data_key(ada), binding(ada)) for _ in range(50)]
    sealed = [sealing.seal(key, place, NAME) for key, place in places]
    keys.forget()
    sealing.seal(keys.new_data_key(ada), binding(ada), NAME)  # the organisation key is held again
    with CaptureQueriesContext(connections["keys"]) as seen:
        keys.load(ada, [key for key, _place in places])
        for (key, place), value in zip(places, sealed, strict=True):
            assert sealing.open_sealed(key, place, value) == NAME
    assert sum("keystore_datakey" in query["sql"] for query in seen) == 1


def test_a_binding_is_frozen(ada: UUID) -> None:
    place = Binding("a.b", ada, ada)
    with pytest.raises(AttributeError):
        place.row = ada  # type: ignore[misc]
