"""Which values count as equal for a look-up."""

import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from keepwell.safeguards.vault import normalisers


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Zoë Ashgrove", "zoe ashgrove"),
        ("  ZOE   ASHGROVE ", "zoe ashgrove"),
        ("Zoe\u0308 Ashgrove", "zoe ashgrove"),
        ("Jean-Luc", "jean luc"),
        ("Jean\u2011Luc", "jean luc"),
        ("Jean – Luc", "jean luc"),  # noqa: RUF001  a dash, as word processors make it
        ("O'Brien", "obrien"),
        ("O\u2019Brien", "obrien"),
        ("St. John", "st john"),
        ("Groß", "gross"),
        ("Łukasz Østergård", "lukasz ostergard"),
        ("\u0130pek I\u015f\u0131k", "ipek isik"),
        ("Đorđe", "dorde"),
        ("Ægir", "aegir"),
        ("\uff21da", "ada"),
        ("山田 太郎", "山田 太郎"),
        ("Ελένη", "ελενη"),
        ("", ""),
        ("--", ""),
    ],
)
def test_names_are_folded(typed: str, folded: str) -> None:
    assert normalisers.name(typed).decode() == folded
    assert normalisers.name(folded).decode() == folded


@pytest.mark.parametrize(("one", "other"), [("Ada", "Adam"), ("Ann Lee", "Annlee"), ("山", "川")])
def test_different_names_stay_different(one: str, other: str) -> None:
    assert normalisers.name(one) != normalisers.name(other)


@given(st.text(st.characters(max_codepoint=127)))
@example("Anne-Marie O'Brien")
@example("St. John_Doe\x1cX")
@example("  Pat   Example 3 ")
def test_what_is_typed_in_plain_letters_is_folded_as_beside_another(typed: str) -> None:
    folded = normalisers.name(typed)
    assert normalisers.name(f"{typed} Ł") == b" ".join(filter(None, (folded, b"l")))
    *beside, other = normalisers.terms(f"{typed} Ł")
    assert (beside, other.whole) == (normalisers.terms(typed), b"l")


def test_dates_are_iso() -> None:
    assert normalisers.date(datetime.date(1961, 3, 9)) == b"1961-03-09"


def test_a_moment_is_no_date() -> None:
    with pytest.raises(TypeError, match="time zone"):
        normalisers.date(datetime.datetime(1961, 3, 9, tzinfo=datetime.UTC))


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        (" Ada@Example.ORG ", "ada@example.org"),
        ("ada+clinic@example.org", "ada+clinic@example.org"),
        ("a.da@example.org", "a.da@example.org"),
    ],
)
def test_addresses_are_folded(typed: str, folded: str) -> None:
    assert normalisers.email(typed).decode() == folded


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("(555) 010-0199", "5550100199"),
        ("555.010.0199", "5550100199"),
        ("+1 555 010 0199", "+15550100199"),
        ("001 555 010 0199", "+15550100199"),
        ("\u0665\u0665\u0665", "555"),
        ("call reception", ""),
    ],
)
def test_telephone_numbers_are_digits(typed: str, folded: str) -> None:
    assert normalisers.telephone(typed).decode() == folded


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("(555) 010-0199", "50100199"),
        ("+1 555 010 0199", "50100199"),
        ("030 123456", "30123456"),
        ("+49 30 123456", "30123456"),
        ("911", "911"),
        ("call reception", ""),
    ],
)
def test_endings_of_telephone_numbers_are_equal_at_home_and_abroad(typed: str, folded: str) -> None:
    assert normalisers.telephone_ending(typed).decode() == folded
