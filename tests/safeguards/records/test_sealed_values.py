"""A sealed value gives nothing away, whatever Python, Django or a log does with it."""

import copy
import json
import logging
import pickle
import sys
import traceback
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core import serializers
from django.core.cache import cache
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models.signals import post_init
from django.template import Context, Template
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records.disclosure import disclose
from keepwell.safeguards.records.errors import (
    NoScope,
    NotKeptYet,
    SealedElsewhere,
    SealedIsInert,
    WrongKindOfValue,
)
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer

SECRET = "Pat Nakamura"

USES: dict[str, Callable[[Any], Any]] = {
    "str": str,
    "format": lambda value: f"{value}",
    "format with a specification": lambda value: format(value, ">20"),
    "percent": lambda value: "%s" % value,  # noqa: UP031  the old way is a way
    "bytes": bytes,
    "int": int,
    "float": float,
    "len": len,
    "list": list,
    "bool": bool,
    "hash": hash,
    "equal": lambda value: value == SECRET,
    "unequal": lambda value: value != SECRET,
    "less": lambda value: value < SECRET,
    "sorted": lambda value: sorted([value, value]),
    "in": lambda value: "P" in value,
    "index": lambda value: value[0],
    "plus": lambda value: value + "x",
    "plus, reflected": lambda value: "x" + value,
    "join": lambda value: "".join([value]),
    "pickle": pickle.dumps,
    "json": json.dumps,
    "Django's json": lambda value: json.dumps(value, cls=DjangoJSONEncoder),
    "dictionary": lambda value: {value: 1},
}


@pytest.mark.parametrize("use", USES.values(), ids=USES.keys())
def test_a_sealed_value_refuses_to_be_used_as_text(pat: Person, use: Callable[[Any], Any]) -> None:
    for value in (pat.name, Person(name=SECRET).name):
        with pytest.raises(TypeError) as caught:
            use(value)
        assert SECRET not in str(caught.value)


def test_a_sealed_value_has_no_attributes_that_show_it(pat: Person) -> None:
    pending = Person(name=SECRET)
    for row in (pat, pending):
        assert repr(row.name) == "<sealed>"
        assert SECRET not in repr(vars(row))
        assert SECRET not in repr(row.__dict__)
        with pytest.raises(TypeError):
            vars(row.name)
        assert not [name for name in dir(row.name) if SECRET in repr(getattr(row.name, name))]


def test_a_row_is_not_pickled_or_cached(pat: Person) -> None:
    for row in (pat, Person(name=SECRET)):
        with pytest.raises(SealedIsInert):
            pickle.dumps(row)
        with pytest.raises(SealedIsInert):
            cache.set("row", row)


def test_copies_of_a_sealed_value_are_as_sealed(pat: Person) -> None:
    for row in (pat, Person(name=SECRET)):
        for twin in (copy.copy(row), copy.deepcopy(row)):
            assert repr(twin.name) == "<sealed>"
            assert SECRET not in repr(vars(twin))


@pytest.mark.parametrize("form", ["json", "jsonl", "python", "xml"])
def test_serializers_refuse_a_row(pat: Person, form: str) -> None:
    with pytest.raises(SealedElsewhere):
        serializers.serialize(form, [pat])


def test_a_log_line_shows_no_value(pat: Person, caplog: pytest.LogCaptureFixture) -> None:
    log = logging.getLogger("keepwell.test")
    with caplog.at_level(logging.INFO):
        log.info("kept %r of %r", pat.name, Person(name=SECRET).name)
        log.info("row %s", vars(pat))
    assert "<sealed>" in caplog.text
    assert SECRET not in caplog.text


def _fail_with(row: Person) -> None:
    value = row.name
    rows = [row, {"value": value}]
    raise RuntimeError(len(rows))


@pytest.mark.parametrize("debug", [True, False])
def test_neither_a_traceback_nor_djangos_debug_page_shows_a_value(
    pat: Person, settings: Any, debug: bool
) -> None:
    settings.DEBUG = debug
    for row in (pat, Person(name="".join(["Pat", " ", "Naka", "mura"]))):
        try:
            _fail_with(row)
        except RuntimeError as error:
            text = "".join(traceback.format_exception(error))
            captured = traceback.TracebackException.from_exception(error, capture_locals=True)
            locals_text = "".join(captured.format())
            reporter = ExceptionReporter(RequestFactory().get("/"), *sys.exc_info())
            pages = [reporter.get_traceback_html(), reporter.get_traceback_text()]
        for shown in (text, locals_text, *pages):
            assert SECRET not in shown
        assert "&lt;sealed&gt;" in pages[0]


def test_a_template_shows_a_mask_in_place_of_a_sealed_value(pat: Person) -> None:
    for row in (pat, Person(name=SECRET)):
        page = Template("{{ row.name }}|{{ row.name|upper }}|{{ row.telephone }}")
        shown = page.render(Context({"row": row}))
        assert shown.startswith('<span class="sealed-value">Sealed</span>|')
        assert shown.endswith("|None")
        assert SECRET not in shown


def test_the_template_tag_opens_and_django_escapes(ada: Viewer, pat: Person) -> None:
    pat.name = "<b>Pat</b>"
    from keepwell.safeguards.records.actions import keep  # noqa: PLC0415
    from keepwell.safeguards.tenancy import wall  # noqa: PLC0415

    with wall.writing(ada.organisation):
        keep(ada, pat, "tests:person:change")
    page = Template(
        "{% load sealed %}{% opened row.name as name %}{{ name }}|{{ row.name|opened }}|"
        "{% opened row.name %}|{{ row.telephone|opened }}|{{ row.name.open }}"
    )
    with disclose(ada, "care"):
        shown = page.render(Context({"row": pat}))
    assert shown == "|".join(["&lt;b&gt;Pat&lt;/b&gt;"] * 3 + ["None", "&lt;b&gt;Pat&lt;/b&gt;"])


def test_the_template_tag_opens_nothing_outside_a_scope(pat: Person) -> None:
    page = Template("{% load sealed %}{{ row.name|opened }}")
    with pytest.raises(NoScope):
        page.render(Context({"row": pat}))


def test_an_assigned_value_does_not_open_before_it_is_kept(ada: Viewer, pat: Person) -> None:
    pat.name = "Patricia Nakamura"
    with disclose(ada, "care") as scope:
        with pytest.raises(NotKeptYet):
            pat.name.open()
        with pytest.raises(NotKeptYet):
            scope.open([pat], "name")


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", b"Pat"), ("name", 7), ("born", "1961-04-02"), ("born", "yesterday, said Pat")],
)
def test_a_value_of_another_type_is_refused_without_being_repeated(field: str, value: Any) -> None:
    with pytest.raises(WrongKindOfValue) as caught:
        Person(**{field: value})
    assert str(value) not in str(caught.value)


def test_a_moment_is_not_a_date() -> None:
    from keepwell.toolkit import clock  # noqa: PLC0415

    with pytest.raises(WrongKindOfValue):
        Person(born=clock.now())
    assert Person(born=date(1961, 4, 2)).born is not None


def test_a_row_is_loaded_alike_by_the_short_way_and_by_djangos(pat: Person, ada: Viewer) -> None:
    heard: list[Any] = []

    def listen(instance: Any, **_named: Any) -> None:
        heard.append(instance.pk)

    def loaded() -> tuple[Person, list[str]]:
        with wall.reading(ada.organisation):
            row = Person.objects.get(pk=pat.pk)
        with disclose(ada, "care"):
            return row, [row.name.open(), row.born.open().isoformat()]

    short, short_values = loaded()
    post_init.connect(listen, sender=Person)
    try:
        long, long_values = loaded()
    finally:
        post_init.disconnect(listen, sender=Person)
    assert heard == [pat.pk], "Django's way was gone"
    assert short_values == long_values
    assert short.__dict__.keys() == long.__dict__.keys()
    assert (short._state.adding, short._state.db) == (long._state.adding, long._state.db)
    assert short == long


def test_clear_text_in_the_place_of_a_column_becomes_no_sealed_value(pat: Person) -> None:
    names = [field.attname for field in Person._meta.concrete_fields]
    values = [SECRET if name == "name" else vars(pat)[name] for name in names]
    row = Person.from_db("default", names, values)
    assert SECRET not in repr(vars(row))
    with pytest.raises(NotKeptYet):
        row.name.open()
