"""A notice's plain text as blocks, its header, and which language fits a reader."""

import pytest

from keepwell.safeguards.consent.languages import LANGUAGES, fitting, language_of
from keepwell.safeguards.consent.notices.layout import Block, Kind, blocks, has_header

TEXT = """# Your rights
You may see
what we keep.

You may ask:
- to correct it
- for a copy

- and for this on paper
#Questions
"""


def test_headings_lists_and_paragraphs_are_read_from_plain_text() -> None:
    assert blocks(TEXT) == [
        Block(Kind.HEADING, ("Your rights",)),
        Block(Kind.PARAGRAPH, ("You may see", "what we keep.")),
        Block(Kind.PARAGRAPH, ("You may ask:",)),
        Block(Kind.LIST, ("to correct it", "for a copy")),
        Block(Kind.LIST, ("and for this on paper",)),
        Block(Kind.HEADING, ("Questions",)),
    ]


@pytest.mark.parametrize("text", ["", "\n \n", "#", "# #", "-"])
def test_marks_without_words_lose_nothing_that_was_written(text: str) -> None:
    said = "".join(line for block in blocks(text) for line in block.lines)
    assert said == "".join(text.split()).replace("\n", "") or blocks(text)[0].lines == (text,)


def test_the_header_of_the_law_is_known_however_it_is_broken() -> None:
    assert has_header("THIS NOTICE DESCRIBES HOW MEDICAL\nINFORMATION ABOUT YOU MAY BE USED AND\n"
                      "DISCLOSED AND HOW YOU CAN GET ACCESS")  # fmt: skip
    assert not has_header("How we use information about you")


@pytest.mark.parametrize(
    ("wanted", "there", "found"),
    [
        (["es"], ["en", "es"], "es"),
        (["es-MX"], ["en", "es"], "es"),
        (["zh"], ["en", "zh-hant"], "zh-hant"),
        (["zh-hans"], ["en", "zh-hant", "zh-hans"], "zh-hans"),
        (["fr", "es"], ["en", "es"], "es"),
        (["", "en-us"], ["es", "en"], "en"),
        (["xx"], ["es", "en"], "es"),
        ([], ["es", "en"], "es"),
    ],
)
def test_the_language_that_fits_is_the_same_else_alike_else_the_first(
    wanted: list[str], there: list[str], found: str
) -> None:
    assert fitting(wanted, there) == found


def test_languages_say_their_own_names_and_their_direction() -> None:
    assert LANGUAGES["es"].words == "Spanish (Español)"
    assert language_of("ar").direction == "rtl"
    assert language_of("ht").direction == "ltr"
    assert language_of("qq").name == "qq"
    assert next(iter(LANGUAGES)) == "en"
