"""A notice's plain text as headings, lists and paragraphs; and what the law wants in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

# Of the header that 45 CFR 164.520(b)(1)(i) prescribes, the words that every form of it has.
HEADER = "medical information about you may be used and disclosed"


class Kind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    LIST = "list"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (one line), the points of a list, or the lines of a paragraph."""

    kind: Kind
    lines: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """Read a text: "# " begins a heading, "- " a point, an empty line ends a paragraph."""
    made: list[Block] = []
    is_open = False
    for kind, line in _lines(text):
        if kind is None:
            is_open = False
        elif is_open and made[-1].kind is kind and kind is not Kind.HEADING:
            made[-1] = Block(kind, (*made[-1].lines, line))
        else:
            made.append(Block(kind, (line,)))
            is_open = True
    return made


def _lines(text: str) -> Iterator[tuple[Kind | None, str]]:
    """Yield each line with what it is; None: an empty one."""
    for line in map(str.strip, text.splitlines()):
        if not line:
            yield None, ""
        elif line.startswith("#") and line.strip("# "):
            yield Kind.HEADING, line.lstrip("#").strip()
        elif line.startswith(("- ", "* ", "• ")):
            yield Kind.LIST, line[2:].strip()
        else:
            yield Kind.PARAGRAPH, line


def has_header(text: str) -> bool:
    """Tell whether an English text has the header that the law prescribes."""
    return HEADER in " ".join(text.lower().split())
