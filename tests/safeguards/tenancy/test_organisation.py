"""An organisation's profile, and the value that says who acts in it."""

from dataclasses import FrozenInstanceError

import pytest
from django.core.exceptions import ValidationError

from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.toolkit.identifiers import uuid7


@pytest.mark.parametrize("name", ["UTC", "America/Los_Angeles", "Asia/Kolkata"])
def test_a_time_zone_of_the_database_is_taken(name: str) -> None:
    Organisation(name="Ashgrove Clinic", time_zone=name).clean_fields()


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "/etc/localtime"])
def test_any_other_time_zone_is_refused(name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Organisation(name="Ashgrove Clinic", time_zone=name).clean_fields()
    assert set(refused.value.message_dict) == {"time_zone"}


def test_a_profile_is_kept_whole(organisation: Organisation) -> None:
    with wall.reading(organisation.id):
        kept = Organisation.objects.get(id=organisation.id)
    assert (kept.name, kept.telephone) == ("Ashgrove Clinic", "+1 555 0100")
    assert kept.time_zone == "America/Los_Angeles"


def test_a_viewer_cannot_become_somebody_else() -> None:
    viewer = Viewer(kind=ViewerKind.MEMBER, organisation=uuid7(), actor=uuid7())
    with pytest.raises(FrozenInstanceError):
        viewer.actor = uuid7()  # type: ignore[misc]  # that it is refused is the test


def test_a_viewer_says_who_acts_only_by_name() -> None:
    with pytest.raises(TypeError):
        Viewer(ViewerKind.SYSTEM, uuid7())  # type: ignore[call-arg]  # that it is refused is the test
