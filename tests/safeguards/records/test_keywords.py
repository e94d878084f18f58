"""Whole words of sealed text are found, by what a search folds away; erasing leaves none behind."""

from typing import Any

import pytest
from django.db import IntegrityError, connections

from keepwell.safeguards.records.actions import erase, keep
from keepwell.safeguards.records.errors import SealedLookup, WrongKindOfValue
from keepwell.safeguards.records.search import words
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer
from keepwell.safeguards.vault import normalisers
from tests.safeguards.records.readings import execute

CHANGE = "tests:specimen:change"
TABLE = "specimens_specimenstoryword"


def kept(viewer: Viewer, story: str | None) -> Any:
    from tests.safeguards.records.specimens.models import Specimen  # noqa: PLC0415

    row = Specimen(text="x", story=story)
    with wall.writing(viewer.organisation):
        keep(viewer, row, CHANGE)
    return row


def found(viewer: Viewer, text: str) -> set[Any]:
    from tests.safeguards.records.specimens.models import Specimen  # noqa: PLC0415

    with wall.reading(viewer.organisation):
        return set(words(Specimen, "story", text))


def postings(viewer: Viewer) -> int:
    (count,) = execute(viewer.organisation, f"SELECT count(*) FROM {TABLE}")
    return int(count)


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("penicillin", True),
        ("PENICILLIN", True),
        ("pénicillin", True),
        ("anne-marie", True),
        ("anne marie", True),
        ("Annemarie", True),
        ("marie", True),
        ("O'Brien", True),
        ("obrien", True),
        ("weiß penicillin anne", True),
        ("WEISS", True),
        ("penicillin, anne!", True),
        ("penicillin amoxicillin", False),
        ("penicill", False),
        ("enicillin", False),
        ("mariea", False),
        ("", False),
        (" - ", False),
    ],
)
def test_rows_are_found_by_every_word(
    ada: Viewer, specimens: None, text: str, is_found: bool
) -> None:
    row = kept(
        ada, "Anne-Marie O\N{RIGHT SINGLE QUOTATION MARK}Brien (Weiß): rash after Penicillin."
    )
    kept(ada, "nothing of that")
    assert found(ada, text) == ({row} if is_found else set())


def test_a_term_with_a_hyphen_finds_what_is_written_as_one_word(
    ada: Viewer, specimens: None
) -> None:
    one, two = kept(ada, "Annemarie"), kept(ada, "marie, then anne")
    assert found(ada, "Anne-Marie") == {one, two}
    assert found(ada, "annemarie") == {one}


def test_words_of_another_organisation_are_not_found(
    ada: Viewer, cy: Viewer, specimens: None
) -> None:
    ours, theirs = kept(ada, "rash"), kept(cy, "rash")
    assert found(ada, "rash") == {ours}
    assert found(cy, "rash") == {theirs}


def test_a_search_goes_on_within_what_was_found_already(ada: Viewer, specimens: None) -> None:
    from tests.safeguards.records.specimens.models import Specimen  # noqa: PLC0415

    first, second = kept(ada, "rash"), kept(ada, "rash")
    with wall.reading(ada.organisation):
        assert list(words(Specimen.objects.exclude(pk=first.pk), "story", "rash")) == [second]


def test_changing_a_text_changes_its_words_and_nothing_else_does(
    ada: Viewer, specimens: None
) -> None:
    row = kept(ada, "rash and fever")
    with wall.writing(ada.organisation):
        there = type(row).objects.defer("story").get(pk=row.pk)
        there.count = 3
        keep(ada, there, CHANGE)
    assert found(ada, "fever") == {row}
    row.story = "cough cough"
    with wall.writing(ada.organisation):
        keep(ada, row, CHANGE)
    assert found(ada, "cough") == {row}
    assert found(ada, "fever") == set()
    assert postings(ada) == 1
    row.story = None
    with wall.writing(ada.organisation):
        keep(ada, row, CHANGE)
    assert postings(ada) == 0


def test_erasing_a_row_erases_its_words(ada: Viewer, specimens: None) -> None:
    row, other = kept(ada, "rash"), kept(ada, "rash")
    with wall.writing(ada.organisation):
        erase(ada, [row], "tests:specimen:erase", reason="asked for it")
    assert found(ada, "rash") == {other}
    assert postings(ada) == 1


def test_a_rolled_back_keep_leaves_no_words(ada: Viewer, specimens: None) -> None:
    with pytest.raises(ZeroDivisionError), wall.writing(ada.organisation):
        from tests.safeguards.records.specimens.models import Specimen  # noqa: PLC0415

        keep(ada, Specimen(text="x", story="rash"), CHANGE)
        raise ZeroDivisionError
    assert postings(ada) == 0


def test_the_database_lets_no_word_outlive_its_row(ada: Viewer, specimens: None) -> None:
    row = kept(ada, "rash")
    id_ = row.pk if connections["default"].vendor == "postgresql" else row.pk.hex
    with pytest.raises(IntegrityError):
        execute(ada.organisation, "DELETE FROM specimens_specimen WHERE id = %s", id_)


def test_no_word_lies_in_clear(ada: Viewer, specimens: None) -> None:
    kept(ada, "rash")
    token, row, organisation = execute(
        ada.organisation, f"SELECT token, row_id, organisation_id FROM {TABLE}"
    )
    assert isinstance(token, int)
    assert "rash" not in f"{row} {organisation}"


def test_a_field_without_keywords_is_not_searched(ada: Viewer, specimens: None) -> None:
    from tests.safeguards.records.specimens.models import Specimen  # noqa: PLC0415

    for name in ("text", "status", "nonsense"):
        with wall.reading(ada.organisation), pytest.raises(SealedLookup, match="no keywords"):
            words(Specimen, name, "rash")


def test_bad_unicode_is_refused_without_being_repeated(ada: Viewer, specimens: None) -> None:
    assert found(ada, "rash\ud83d") == set()
    with pytest.raises(WrongKindOfValue) as caught:
        kept(ada, "rash\ud83d")
    assert "rash" not in str(caught.value)
    assert postings(ada) == 0


def test_words_are_folded_like_names() -> None:
    assert normalisers.words("Anne-Marie  O'Brien!") == {b"anne", b"marie", b"annemarie", b"obrien"}
    assert normalisers.words(" -- ") == frozenset()
    assert [term.whole for term in normalisers.terms("x-ray ok")] == [b"xray", b"ok"]
