"""Every kind of entry has words, every model spoken of exists, every route says who may."""

from collections.abc import Iterator
from enum import EnumMeta, StrEnum
from importlib import import_module
from importlib.util import find_spec

import pytest
from django.apps import apps
from django.urls import NoReverseMatch, reverse

from keepwell.safeguards.access import registry
from keepwell.safeguards.access.routes import UNDECLARED, all_routes
from keepwell.shell.bundles import icon_names
from keepwell.toolkit.identifiers import uuid7

KINDS_AT_LEAST = 30


def kinds() -> Iterator[str]:
    """Yield every kind of every installed app of ours."""
    ours = [one.name for one in apps.get_app_configs() if one.name.startswith("keepwell.")]
    for name in ours:
        if find_spec(f"{name}.events") is None:
            continue
        found = vars(import_module(f"{name}.events")).values()
        enums = [one for one in found if isinstance(one, EnumMeta) and issubclass(one, StrEnum)]
        yield from (str(kind) for one in enums for kind in one)


def test_every_kind_of_entry_has_words_and_an_icon() -> None:
    found = sorted(set(kinds()))
    assert len(found) > KINDS_AT_LEAST
    told = {kind: registry.event_words(kind) for kind in found}
    assert [kind for kind, words in told.items() if words is None] == []
    icons = {words.icon for words in told.values() if words}
    assert icons <= icon_names()


def test_every_model_that_is_spoken_of_exists_and_leads_somewhere() -> None:
    for manifest in registry.manifests():
        for model, words in manifest.records.items():
            assert apps.get_model(model)
            assert "3" in str(words.counted % {"count": 3})
            if words.route:
                assert words.permission is not None
                assert reverse(words.route, args=[uuid7()])


def test_every_line_of_the_menu_leads_to_a_page() -> None:
    for item in registry.menu():
        try:
            reverse(item.route)
        except NoReverseMatch:
            pytest.fail(f"{item.route} leads nowhere")


def test_every_route_of_the_office_says_who_may() -> None:
    office = [route for route in all_routes() if route.name.startswith("office:")]
    assert len(office) >= 13
    assert [route.path for route in office if route.access == UNDECLARED] == []
    assert {route.surface for route in office} == {"staff"}
