"""Unused keys go after a day; a key that any row names never does."""

from keepwell.config import key_sweep
from keepwell.safeguards.access.purposes import Purpose
from keepwell.safeguards.persons.actions import create_person
from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records.catalogue import sealed_models
from keepwell.safeguards.records.disclosure import disclose
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from keepwell.safeguards.vault import keys
from keepwell.toolkit import clock

DAY_SECONDS = 24 * 3600


def viewer_of(organisation: Organisation) -> Viewer:
    return Viewer(kind=ViewerKind.SYSTEM, organisation=organisation.id, purpose=Purpose.CARE)


def name_of(person: Person, viewer: Viewer) -> str:
    with disclose(viewer, Purpose.CARE) as scope, wall.reading(viewer.organisation):
        scope.open([found := Person.objects.get(pk=person.pk)], "name")
        return str(found.name.open())


def test_spare_keys_go_after_a_day_and_those_in_use_stay(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    viewers = [viewer_of(each) for each in (organisation, other_organisation)]
    persons = [create_person(viewer, name="Pat Winters") for viewer in viewers]
    assert key_sweep.sweep() == 0
    with clock.moved(2 * DAY_SECONDS):
        keys.forget()
        assert key_sweep.sweep() > 0
        assert key_sweep.sweep() == 0
        for person, viewer in zip(persons, viewers, strict=True):
            keys.forget()
            assert name_of(person, viewer) == "Pat Winters"


def test_every_sealed_model_is_asked_which_keys_it_names() -> None:
    asked = {model for model, _ in key_sweep.key_columns()}
    assert set(sealed_models()) <= asked


def test_keys_of_one_organisation_are_no_use_to_another(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    create_person(viewer_of(organisation), name="Pat Winters")
    assert len(key_sweep.used_keys(organisation.id)) >= 1
    assert key_sweep.used_keys(other_organisation.id) == set()
