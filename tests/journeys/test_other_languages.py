"""Every page in a language that nobody speaks: each word translated, and nothing over anything.

The demonstration is served in the language of tests.journeys.pseudo, once in each direction; what
people and definitions wrote is data and stays as it is.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.utils.text import capfirst
from playwright.sync_api import Browser

from keepwell.config.demo.patients import PATIENTS
from keepwell.safeguards.consent.languages import LANGUAGES
from tests.journeys import answering, atlas, atlas_ways, browser, pseudo, raised
from tests.journeys.clinic import SAMPLES, Clinic
from tests.journeys.fresh import OWNER, Fresh
from tests.journeys.stops import Stop
from tests.serving import Demo, installation, serving

pytestmark = pytest.mark.journey

ROOT = Path(__file__).parents[2]
# What the demonstration's clinic says of itself (keepwell.config.demo.people).
PROFILE = (
    "12 River Street",
    "Springfield",
    "Monday to Friday, 8 am to 5 pm",
    "In an emergency call 911. This form is read during opening hours.",
)
SIZES = (browser.PHONE, browser.DESKTOP)


@contextmanager
def served(chromium: Browser, folder: Path, direction: str) -> Iterator[tuple[Clinic, Fresh]]:
    """Serve the demonstration and an empty installation in the language."""
    language = {
        "DJANGO_SETTINGS_MODULE": "tests.journeys.settings_pseudo",
        "PSEUDO_DIRECTION": direction,
        "PYTHONPATH": str(ROOT),
    }
    homes = [installation(folder / name) for name in ("new", "demo")]
    with (
        serving(homes[0], **language) as new,
        serving(homes[1], "demo", "--json", **language) as running,
    ):
        demo = Demo(running, json.loads("\n".join(running.out.all())))
        yield Clinic(demo, chromium), Fresh(new)


def texts_in(value: Any) -> Iterator[str]:
    """Yield every text of a JSON document."""
    if isinstance(value, dict | list | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts_in(one)
    elif isinstance(value, str):
        lines = (" ".join(line.split()) for line in re.split(r"\n|<[^>]*>", unescape(value)))
        yield from (line.rstrip(" :?.") for line in lines if len(line) > 1)


def data_of(clinic: Clinic) -> tuple[str, ...]:
    """Return what people and definitions wrote: nothing of it is ours to translate."""
    demo = files("keepwell.config.demo").joinpath("intake.json").read_text(encoding="utf-8")
    definitions = [demo, *(file.read_text(encoding="utf-8") for file in SAMPLES.iterdir())]
    documents = [  # in one language each, whatever the page around them speaks
        *files("keepwell.config.demo").iterdir(),
        *files("keepwell.safeguards.consent").joinpath("terms").iterdir(),
    ]
    typed: list[Any] = [answering.BY_FILL, answering.BY_WIDTH, answering.PLAIN, answering.LINES]
    typed.append(answering.SCAN.name)
    known = [
        *map(json.loads, definitions),
        clinic.demo.said,
        OWNER,
        PATIENTS,
        PROFILE,
        (atlas.IRA, atlas.IRA_NAME, raised.WHAT_FOR, raised.THE_EMERGENCY, raised.THE_EXPORT),
        (atlas_ways.PASSKEY, atlas_ways.ANSWERS, atlas_ways.SETTLED, atlas_ways.TOLD),
        atlas_ways.KEPT,
        atlas.HILL,
        (
            "The lease ended.",
            "Asked at the desk who looked.",
            "Asked for a copy at the desk.",
            "Refused",
            "America/Los_Angeles",
        ),
        typed,
        answering.SCAN.name,
        [
            line.lstrip("#- ")
            for one in documents
            if one.name.endswith(".txt")
            for line in one.read_text("utf-8").split("\n")
        ],
        atlas_ways.NOTICE.split("\n"),
        [name for one in LANGUAGES.values() for name in (one.name, one.own_name)],
        ("Notice of Privacy Practices", "Aviso de prácticas de privacidad"),
    ]
    said = {text for one in known for text in texts_in(one)}
    # Pages break an e-mail address before its @, into two texts.
    halves = {half for text in said if "@" in text for half in text.split("@")}
    return tuple(said | halves)


def declared() -> tuple[str, ...]:
    """Return what models say of themselves, in English alone: "What we hold" shows it as it is."""
    found: set[str] = set()
    for model in apps.get_models():
        fields = (field.verbose_name for field in model._meta.concrete_fields)
        said = (model._meta.verbose_name_plural, *fields, *getattr(model, "plain", {}).values())
        found |= {form(str(text)) for text in said for form in (str, capfirst)}
    return tuple(found)


def findings(stop: Stop, data: tuple[str, ...], direction: str) -> list[str]:
    """Return untranslated words, and what lies over something or sticks out at the side."""
    page = stop.page
    data += declared() if stop.name == "holdings" else ()
    found = [f"{stop.name}: {word}" for word in pseudo.unmarked(page, data=data)]
    assert page.evaluate("document.documentElement.dir") == direction
    for size in SIZES:
        browser.be_looked_at(page, size, "light")
        found += [f"{stop.name} {size[0]}: {pair}" for pair in pseudo.overlaps(page)]
        if browser.scrolls_sideways(page):
            out = browser.sticking_out(page)
            found.append(f"{stop.name}: scrolls sideways at {size[0]} because of {out}")
    browser.be_looked_at(page, browser.DESKTOP, "light")
    return found


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_every_word_is_translated_and_nothing_lies_over_anything(
    chromium: Browser, tmp_path: Path, direction: str
) -> None:
    found = []
    with served(chromium, tmp_path, direction) as (clinic, fresh):
        data = data_of(clinic)
        for stop in atlas.walk(clinic, fresh):
            found += findings(stop, data, direction)
    assert found == [], "\n".join(found)
