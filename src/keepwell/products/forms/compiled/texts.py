"""Plain words out of the formatted text of a definition; no markup ever reaches a page.

Attack named: script or styles in rendering-xhtml. nh3 removes every tag; what is left is text,
which templates escape like any other.
"""

import html
import re
from typing import Any

import nh3

from keepwell.products.forms.definition.limits import extension_values

FHIR = "http://hl7.org/fhir/StructureDefinition/"
_LINE_ENDS = re.compile(r"(?i)<br\s*/?>|</(?:p|div|li|h[1-6]|tr)\s*>")
_MARKDOWN = re.compile(r"(?m)^\s{0,3}(?:#{1,6}|>|[-*+])\s+|[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}")


def plain_lines(markup: str) -> list[str]:
    """Return the text of some XHTML, one entry per line, without empty lines."""
    marked = _LINE_ENDS.sub("\n", markup)
    bare = html.unescape(nh3.clean(marked, tags=set(), clean_content_tags={"script", "style"}))
    return [line for line in (one_line(part) for part in bare.split("\n")) if line]


def one_line(text: str) -> str:
    """Return text with every run of white space as one space."""
    return " ".join(text.split())


def words(item: dict[str, Any]) -> tuple[str, str]:
    """Return an item's text and the lines below its first line.

    The formatted text decides about lines only; its words must be the ones of `text`.
    """
    text = str(item.get("text", ""))
    lines = _formatted(item, text) or [one_line(part) for part in text.split("\n")]
    lines = [line for line in lines if line]
    return (lines[0], "\n".join(lines[1:])) if lines else ("", "")


def _formatted(item: dict[str, Any], text: str) -> list[str]:
    holder = item.get("_text")
    holder = holder if isinstance(holder, dict) else {}
    for kind, value in extension_values(holder, FHIR + "rendering-xhtml"):
        lines = plain_lines(value) if kind == "valueString" and isinstance(value, str) else []
        if lines and (not text.strip() or _letters("".join(lines)) == _letters(text)):
            return lines
    for _, value in extension_values(holder, FHIR + "rendering-markdown"):
        if not text.strip() and isinstance(value, str):
            return [one_line(_MARKDOWN.sub("", line)) for line in value.split("\n")]
    return []


def _letters(text: str) -> str:
    return "".join(text.split())


def short(text: str) -> str:
    """Return a label that fits into a sentence: no colon, star or full stop at its end."""
    return one_line(text).rstrip(" :*.") or one_line(text)
