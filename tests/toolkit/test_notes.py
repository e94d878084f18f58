"""Only what the key has signed opens, and a checkpoint is written in one way."""

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from keepwell.toolkit import notes
from keepwell.toolkit.notes import Checkpoint, NoteBroken, VerifyKey

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NAME = "keepwell/clinic"
VERIFY_KEY = VerifyKey(NAME, notes.public_bytes(KEY.public_key()))
HEAD = Checkpoint(NAME, 5, bytes(32), ("signed 2026-11-24T03:15:00.000000Z",))
NOTE = notes.sign(HEAD.text(), NAME, KEY)


def test_a_signed_note_opens() -> None:
    assert Checkpoint.parse(notes.open_note(NOTE, VERIFY_KEY)) == HEAD


def test_each_bit_of_a_note_counts() -> None:
    data = NOTE.encode()
    for bit in range(len(data) * 8):
        broken = bytearray(data)
        broken[bit // 8] ^= 1 << bit % 8
        with pytest.raises((NoteBroken, UnicodeDecodeError)):
            notes.open_note(broken.decode(), VERIFY_KEY)


def test_a_note_by_another_key_of_the_same_name_does_not_open() -> None:
    another = Ed25519PrivateKey.from_private_bytes(bytes(32))
    with pytest.raises(NoteBroken, match="no signature"):
        notes.open_note(notes.sign(HEAD.text(), NAME, another), VERIFY_KEY)


def test_the_same_key_under_another_name_does_not_open() -> None:
    with pytest.raises(NoteBroken, match="no signature"):
        notes.open_note(notes.sign(HEAD.text(), "keepwell/other", KEY), VERIFY_KEY)


def test_signatures_of_witnesses_are_carried() -> None:
    witness = Ed25519PrivateKey.from_private_bytes(bytes(32))
    line = notes.sign(HEAD.text(), "witness", witness).splitlines()[-1]
    signed_first = NOTE.replace("\n\n", f"\n\n{line}\n")
    for note in (f"{NOTE}{line}\n", signed_first):
        assert notes.open_note(note, VERIFY_KEY) == HEAD.text()
        assert notes.open_note(note, VerifyKey("witness", notes.public_bytes(witness.public_key())))


@given(st.text(max_size=200))
def test_text_that_was_never_signed_does_not_open(text: str) -> None:
    for note in (text, f"{text}\n\n\N{EM DASH} {NAME} {text}\n"):
        with pytest.raises(NoteBroken):
            notes.open_note(note, VERIFY_KEY)


@pytest.mark.parametrize("text", ["no newline", "tab\there\n", "nul\0\n", "return\r\n"])
def test_a_text_that_a_note_cannot_hold_is_not_signed(text: str) -> None:
    with pytest.raises(NoteBroken):
        notes.sign(text, NAME, KEY)


def test_a_verification_key_is_read_back() -> None:
    assert VerifyKey.parse(f"{VERIFY_KEY}\n") == VERIFY_KEY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name+00000000",
        str(VERIFY_KEY).replace("clinic", "other"),
        str(VERIFY_KEY)[:-4],
        str(VERIFY_KEY).replace("+", " "),
        f"a b{str(VERIFY_KEY).removeprefix(NAME)}",
        f"{NAME}+00000000+{b64encode(bytes(33)).decode()}",
    ],
)
def test_a_damaged_verification_key_is_refused(text: str) -> None:
    with pytest.raises(NoteBroken):
        VerifyKey.parse(text)


@given(
    st.integers(0, notes.LARGEST_SIZE),
    st.binary(min_size=32, max_size=32),
    st.lists(st.from_regex(r"[a-z0-9 ]{1,20}", fullmatch=True), max_size=3),
)
def test_a_checkpoint_is_read_back(size: int, root: bytes, extensions: list[str]) -> None:
    head = Checkpoint(NAME, size, root, tuple(extensions))
    assert Checkpoint.parse(head.text()) == head


ROOT = b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        f"origin\n5\n{ROOT}",
        f"\n5\n{ROOT}\n",
        f"origin\n05\n{ROOT}\n",
        f"origin\n-5\n{ROOT}\n",
        f"origin\n\N{ARABIC-INDIC DIGIT FIVE}\n{ROOT}\n",
        f"origin\n{2**63}\n{ROOT}\n",
        f"origin\n{'9' * 5000}\n{ROOT}\n",
        f"origin\n5\n{ROOT[:-4]}\n",
        f"origin\n5\n {ROOT}\n",
        f"origin\n5\n{ROOT}\n\n",
        f"origin\n5\n{ROOT[:-2]}B=\n",
    ],
)
def test_another_way_to_write_a_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteBroken):
        Checkpoint.parse(text)
