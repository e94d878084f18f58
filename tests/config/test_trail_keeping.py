"""What the trail needs by the clock is done for every organisation that can have it."""

from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings

from keepwell.config import trail_keeping
from keepwell.safeguards.audit import elsewhere
from keepwell.safeguards.audit.trail import models, store
from keepwell.safeguards.tenancy.models import Organisation

FIRST = UUID(int=1)  # of all that are gone through


def test_a_log_without_a_head_keeps_no_other_from_its_checkpoint(
    organisation: Organisation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "KEEPWELL_CHECKPOINTS", tmp_path)
    with store.sequencing(FIRST) as connection:
        models.Log(id=FIRST, created_us=1).save(force_insert=True, using=connection.alias)
    assert trail_keeping.keep_checkpoints() == 1
    assert len(elsewhere.kept_of(organisation.id, tmp_path)) == 1
    assert not (tmp_path / str(FIRST)).exists()
