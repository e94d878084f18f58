"""With the root key away keys are held for their time, then nothing opens until it is back."""

from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings

from keepwell.safeguards.vault import data_keys, keys, organisation_keys, pool, sealing, standing
from keepwell.safeguards.vault.errors import RootKeyMissing
from tests.safeguards.vault.keepers import NAME, binding


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return the seconds by which the caches' clock is ahead, to be changed."""
    ahead = [0.0]
    for cache in (data_keys.held, organisation_keys.held):
        true = cache._clock
        monkeypatch.setattr(cache, "_clock", lambda true=true: true() + ahead[0])
    return ahead


def confirm() -> None:
    """Say what the watch says: nothing was shredded."""
    for cache in (data_keys.held, organisation_keys.held):
        cache.confirm_until(cache._clock() + 4)


def test_what_is_held_opens_for_its_time_and_nothing_after(ada: UUID, clock: list[float]) -> None:
    key, place = keys.new_data_key(ada), binding(ada)
    sealed = sealing.seal(key, place, NAME)
    pool.settle()
    path = Path(settings.KEEPWELL_ROOT_KEY)
    kept = path.rename(path.with_suffix(".kept"))
    try:
        assert standing.of_root().finding == "root_key_missing"
        clock[0] = organisation_keys.EXPIRY_SECONDS - 5
        confirm()
        assert sealing.open_sealed(key, place, sealed) == NAME  # by the organisation's key
        clock[0] = organisation_keys.EXPIRY_SECONDS + data_keys.EXPIRY_SECONDS
        confirm()
        with pytest.raises(RootKeyMissing):
            sealing.open_sealed(key, place, sealed)
        with pytest.raises(RootKeyMissing):
            sealing.seal(key, place, NAME)
    finally:
        kept.rename(path)
    assert sealing.open_sealed(key, place, sealed) == NAME
    assert standing.of_root().finding == ""
