"""The organisation's index key and signing key, and who is told that keys are used."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from keepwell.safeguards.vault import blind, keys, observer, organisation_keys, sealing, signing
from keepwell.safeguards.vault.keystore import access
from keepwell.safeguards.vault.keystore.models import Purpose, PurposeKey
from keepwell.safeguards.vault.observer import Verb
from keepwell.toolkit.envelope import SealBroken
from tests.safeguards.vault.keepers import NAME, binding

Fact = tuple[UUID, UUID, Verb]


def test_a_token_is_a_signed_64_bit_number_that_stays(ada: UUID) -> None:
    tokens = {blind.token(ada, "persons.person.name", b"%d" % number) for number in range(500)}
    assert len(tokens) == 500
    assert all(-(2**63) <= token < 2**63 for token in tokens)
    assert min(tokens) < 0 < max(tokens)
    keys.forget()
    assert blind.token(ada, "persons.person.name", b"7") in tokens


def test_equal_values_of_another_field_or_organisation_have_other_tokens(
    ada: UUID, cy: UUID
) -> None:
    tokens = {
        blind.token(organisation, slot, b"zoe ashgrove")
        for organisation in (ada, cy)
        for slot in ("persons.person.name", "persons.person.email")
    }
    assert len(tokens) == 4


def test_a_signature_is_checked_by_the_verify_key(ada: UUID, cy: UUID) -> None:
    signature = signing.signing_key(ada).sign(b"checkpoint")
    keys.forget()
    signing.verify_key(ada).verify(signature, b"checkpoint")
    assert signing.verify_key(ada) != signing.verify_key(cy)


def test_an_index_key_put_in_the_place_of_the_signing_key_is_refused(ada: UUID) -> None:
    with access.writing(ada):
        index = bytes(PurposeKey.objects.get(purpose=Purpose.INDEX).wrapped)
        PurposeKey.objects.filter(purpose=Purpose.SIGNING).update(wrapped=index)
    keys.forget()
    with pytest.raises(SealBroken):
        signing.signing_key(ada)


def test_an_evicted_key_is_found_again(ada: UUID) -> None:
    before = blind.token(ada, "a", b"b")
    organisation_keys.held._entries[Purpose.INDEX.value, ada.int][0].wipe()
    organisation_keys.held.drop([(Purpose.INDEX.value, ada.int)])
    assert blind.token(ada, "a", b"b") == before


@pytest.fixture
def facts() -> Iterator[list[Fact]]:
    told: list[Fact] = []

    def note(organisation: UUID, key_id: UUID, verb: Verb) -> None:
        told.append((organisation, key_id, verb))

    observer.register(note, Verb)
    yield told
    observer.unregister(note)


def test_every_use_of_a_key_is_told(ada: UUID, facts: list[Fact]) -> None:
    key, place = keys.new_data_key(ada), binding(ada)
    sealed = sealing.seal(key, place, NAME)
    keys.forget()
    sealing.open_sealed(key, place, sealed)
    keys.shred(ada, [key])
    told = [verb for organisation, about, verb in facts if (organisation, about) == (ada, key)]
    assert told == [Verb.MAKE, Verb.SEAL, Verb.UNWRAP, Verb.OPEN, Verb.SHRED]
    assert (ada, ada, Verb.UNWRAP) in facts


def test_who_asks_for_changes_is_not_told_of_every_field(ada: UUID) -> None:
    told: list[Verb] = []

    def note(_organisation: UUID, _key_id: UUID, verb: Verb) -> None:
        told.append(verb)

    observer.register(note)
    observer.register(note)
    try:
        key, place = keys.new_data_key(ada), binding(ada)
        sealing.open_sealed(key, place, sealing.seal(key, place, NAME))
        keys.shred(ada, [key])
    finally:
        observer.unregister(note)
    keys.shred(ada, [keys.new_data_key(ada)])
    assert told.count(Verb.SHRED) == 1
    assert Verb.SEAL not in told
    assert Verb.OPEN not in told
