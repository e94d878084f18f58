"""What must be true of every template of Keepwell, read as text: styles, scripts, words."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType

import keepwell
from keepwell.shell import bundles

SOURCE = Path(keepwell.__file__).parent
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))
SHOWN_TO_PEOPLE = [path for path in TEMPLATES if "gallery" not in path.parts]  # invented examples
ATTRIBUTES = re.compile(r'\b(?:aria-label|alt|title|placeholder)="([^"]*)"')
NOT_WORDS = {"KW", "Keepwell", "sha"}  # our name, how a reference begins, a digest

each = pytest.mark.parametrize(
    "path", TEMPLATES, ids=[str(path.relative_to(SOURCE)) for path in TEMPLATES]
)
each_shown = pytest.mark.parametrize(
    "path", SHOWN_TO_PEOPLE, ids=[str(path.relative_to(SOURCE)) for path in SHOWN_TO_PEOPLE]
)


def _text_outside_translations(source: str) -> Iterator[str]:
    """Yield what stands in the page as it is written: no tags of Django, nothing translated."""
    skipped = ""
    for token in Lexer(source).tokenize():
        if token.token_type is TokenType.BLOCK:
            name = token.contents.split()[0]
            if name in {"blocktranslate", "comment", "verbatim"}:
                skipped = f"end{name}"
            elif name == skipped:
                skipped = ""
            if not skipped:
                yield "\0"
        elif not skipped:
            yield token.contents if token.token_type is TokenType.TEXT else "\0"


def untranslated(source: str) -> list[str]:
    """Return the words of a template that no catalogue can reach."""
    source = re.sub(r"{% block \w+_class %}[^{]*{% endblock %}", "", source)  # names of classes
    text = "".join(_text_outside_translations(source))
    said = list(ATTRIBUTES.findall(text))
    bare = re.sub(r"<(style|script)\b.*?</\1>", " ", text, flags=re.DOTALL)
    said.append(re.sub(r"<!doctype[^>]*>|<[^>]*>", " ", bare, flags=re.IGNORECASE))
    said[-1] = re.sub(r'[\w-]+="[^"]*"', " ", said[-1])  # a template of attributes alone
    words = re.findall(r"[^\W\d_]{2,}", " ".join(said).replace("\0", " "))
    return [word for word in words if word not in NOT_WORDS]


@each_shown
def test_every_word_can_be_translated(path: Path) -> None:
    assert untranslated(path.read_text()) == []


def test_the_search_for_words_finds_them() -> None:
    source = '{% if a %}<p title="Hover">Left{{ b }}</p>{% translate "Fine" %}{% endif %}'
    assert sorted(untranslated(source)) == ["Hover", "Left"]
    assert untranslated("{% blocktranslate %}All of this{% endblocktranslate %}") == []


@each
def test_no_style_and_no_script_stands_in_a_page(path: Path) -> None:
    source = path.read_text()
    assert not re.search(r"\bstyle=", source)
    assert not re.search(r"<style|javascript:|\bon[a-z]+=\"", source)
    assert all('src="{%' in script for script in re.findall(r"<script\b[^>]*>", source)), (
        "a script comes from a file of ours"
    )


@each
def test_nothing_comes_from_another_host(path: Path) -> None:
    source = path.read_text()
    assert not re.search(r'(?:src|href|action|srcset)="(?:https?:)?//', source)


@each
def test_every_icon_is_in_the_sprite(path: Path) -> None:
    named = re.findall(r'{% icon "([a-z-]+)"|icon="([a-z-]+)"', path.read_text())
    assert {one or other for one, other in named} <= bundles.icon_names()


def test_icons_of_patients_pages_are_in_their_small_sprite() -> None:
    public = [
        path.read_text()
        for path in TEMPLATES
        if "shell/public.html" in path.read_text() or path.name in {"public.html"}
    ]
    named = {name for source in public for name in re.findall(r'{% icon "([a-z-]+)"', source)}
    assert named <= bundles.PATIENT_ICONS


def test_patients_pages_bring_no_script() -> None:
    for path in TEMPLATES:
        if 'extends "shell/public.html"' in path.read_text() or path.name == "public.html":
            assert "<script" not in path.read_text(), path
