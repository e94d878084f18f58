"""The printed root key can be typed in again, and every slip of the finger is noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keepwell.safeguards.vault import escrow
from keepwell.safeguards.vault.errors import RootKeyDamaged

KEY = bytes(range(32))
TEXT = escrow.escrow_text(KEY)
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


@given(st.binary(min_size=32, max_size=32))
def test_a_printed_key_is_read_again(key: bytes) -> None:
    assert escrow.key_from_escrow(escrow.escrow_text(key)) == key


@pytest.mark.parametrize(
    "typed",
    [
        TEXT.lower(),
        TEXT.replace("-", ""),
        TEXT.replace("-", " "),
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("\n", "\n\n"),
        TEXT.replace("0", "O").replace("1-", "I-"),
        "# printed at the clinic, in the safe\n" + TEXT,
        TEXT.replace("      ", ".   "),
        "\n".join([TEXT.splitlines()[0], *reversed(TEXT.splitlines()[1:])]),
    ],
)
def test_how_people_type_does_not_matter(typed: str) -> None:
    typed = typed.replace("keepwell rOOt", "keepwell root")
    assert escrow.key_from_escrow(typed) == KEY


def test_each_wrong_letter_is_noticed_and_its_line_named_but_for_one_in_256() -> None:
    unnamed = 0
    tried = 0
    for number, line in enumerate(TEXT.splitlines()[1:9], start=1):
        for at in range(7, len(line)):
            if line[at] == "-":
                continue
            for letter in LETTERS.replace(line[at], ""):
                tried += 1
                with pytest.raises(RootKeyDamaged) as caught:
                    escrow.key_from_escrow(TEXT.replace(line, line[:at] + letter + line[at + 1 :]))
                unnamed += f"Line {number} " not in str(caught.value)
    assert tried == 8 * 8 * 31
    assert unnamed <= tried // 256 * 3


def test_two_lines_in_each_others_place_are_noticed() -> None:
    lines = TEXT.splitlines()
    lines[3], lines[4] = lines[3][0] + lines[4][1:], lines[4][0] + lines[3][1:]
    with pytest.raises(RootKeyDamaged, match="Line 3 "):
        escrow.key_from_escrow("\n".join(lines))


@pytest.mark.parametrize("missing", range(1, 9))
def test_a_missing_line_is_named(missing: int) -> None:
    lines = TEXT.splitlines()
    del lines[missing]
    with pytest.raises(RootKeyDamaged, match=f"Line {missing} "):
        escrow.key_from_escrow("\n".join(lines))


def test_a_missing_check_line_is_noticed() -> None:
    with pytest.raises(RootKeyDamaged, match="last line"):
        escrow.key_from_escrow("\n".join(TEXT.splitlines()[:9]))


def test_a_line_of_another_key_does_not_pass() -> None:
    other = escrow.escrow_text(bytes(32)).splitlines()
    lines = TEXT.splitlines()
    lines[5] = other[5]  # right in itself, checked by the last line
    with pytest.raises(RootKeyDamaged, match="last line"):
        escrow.key_from_escrow("\n".join(lines))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "This is not a root key"),
        ("-----BEGIN PRIVATE KEY-----\nMC4CAQ\n", "This is not a root key"),
        ("keepwell root key 2\n" + TEXT.split("\n", 1)[1], "This is not a root key"),
        (TEXT + TEXT.splitlines()[1], "a line too many"),
        (TEXT + "hello\n", "a line too many"),
    ],
)
def test_another_text_gets_one_clear_sentence(text: str, sentence: str) -> None:
    with pytest.raises(RootKeyDamaged, match=sentence):
        escrow.key_from_escrow(text)


def test_an_error_never_repeats_the_key() -> None:
    line = TEXT.splitlines()[2]
    broken = TEXT.replace(line, line[:-1] + ("0" if line[-1] != "0" else "1"))
    with pytest.raises(RootKeyDamaged) as caught:
        escrow.key_from_escrow(broken)
    assert line[7:11] not in str(caught.value)


def test_a_key_of_another_length_is_not_printed() -> None:
    with pytest.raises(ValueError, match="this one has 16"):
        escrow.escrow_text(bytes(16))
