"""Addresses of rows are those that Django makes, of every route that has one id."""

from uuid import UUID

import pytest
from django.urls import NoReverseMatch, get_resolver, reverse
from django.urls.converters import IntConverter, UUIDConverter
from django.urls.resolvers import RoutePattern, URLPattern, URLResolver

from keepwell.shell.addresses import url_of
from keepwell.toolkit.identifiers import uuid7

IDS: dict[type, UUID | int] = {UUIDConverter: uuid7(), IntConverter: 7}


def routes_with_one_id() -> list[tuple[str, UUID | int]]:
    """Return the name of each route whose address holds one id, with such an id."""

    def among(
        patterns: list[URLPattern | URLResolver], space: tuple[str, ...], kinds: tuple[type, ...]
    ) -> list[tuple[str, UUID | int]]:
        found = []
        for one in patterns:
            here = one.pattern.converters.values() if isinstance(one.pattern, RoutePattern) else ()
            every = (*kinds, *map(type, here))
            if isinstance(one, URLResolver):
                below = (*space, one.namespace) if one.namespace else space
                found += among(one.url_patterns, below, every)
            elif one.name and len(every) == 1 and every[0] in IDS:
                found.append((":".join((*space, one.name)), IDS[every[0]]))
        return found

    return among(get_resolver().url_patterns, (), ())


def test_rows_lead_where_reversing_leads() -> None:
    routes = routes_with_one_id()
    assert {"office:alert", "office:entry", "forms:submission"} <= {name for name, _ in routes}
    for name, id_ in routes:
        assert url_of(name, id_) == reverse(name, args=[id_]), name


def test_a_route_that_is_not_there_is_refused_as_by_reversing() -> None:
    for name, id_ in (("office:nothing", uuid7()), ("office:alert", 7), ("office:alerts", uuid7())):
        with pytest.raises(NoReverseMatch):
            url_of(name, id_)
