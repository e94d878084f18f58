"""C2SP signed notes with Ed25519, and the checkpoint of a log (signed-note, tlog-checkpoint).

A note is text, an empty line, and signature lines `— <name> <base64(key id | signature)>`.
Signatures by other keys (witnesses) are carried and ignored.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from keepwell.toolkit.merkle import HASH_BYTES

ED25519 = b"\x01"
PUBLIC_BYTES = 32
LARGEST_SIZE = 2**63 - 1
_KEY_ID_BYTES = 4
_SIGNATURE_BYTES = 64
_NAME = re.compile(r"[^\s+]+")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class NoteBroken(ValueError):  # noqa: N818  names the fact
    """Not a signed note, not signed by this key, or not a checkpoint."""


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """A named Ed25519 public key."""

    name: str
    public: bytes  # 32 bytes

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or len(self.public) != PUBLIC_BYTES:
            raise NoteBroken("A key needs a name without spaces or plus, and 32 bytes.")

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell this key from others of the same name."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:_KEY_ID_BYTES]

    def __str__(self) -> str:
        """Write the key as a vkey: <name>+<key id>+<base64>."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> "VerifyKey":
        """Read a vkey; raise NoteBroken unless its key id belongs to it."""
        try:
            name, key_id, encoded = text.strip().split("+", 2)
            material = _decoded(encoded)
        except ValueError as error:
            raise NoteBroken("This is not a verification key.") from error
        key = cls(name, material[1:])
        if material[:1] != ED25519 or key.key_id.hex() != key_id:
            raise NoteBroken("The parts of this verification key do not belong together.")
        return key


def public_bytes(key: Ed25519PublicKey) -> bytes:
    """Return the 32 bytes of a public key."""
    return key.public_bytes_raw()


def sign(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """Return the signed note over a text that ends with a newline."""
    if not text.endswith("\n") or _controls(text):
        raise NoteBroken("A note's text ends with a newline and holds no control characters.")
    verify_key = VerifyKey(name, public_bytes(key.public_key()))
    signature = b64encode(verify_key.key_id + key.sign(text.encode())).decode()
    return f"{text}\n\N{EM DASH} {name} {signature}\n"


def open_note(note: str, key: VerifyKey) -> str:
    """Return the text of a note; raise NoteBroken unless this key signed it."""
    text, lines = _parts(note)
    signature = _signature_by(key, lines)
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
    except InvalidSignature as error:
        raise NoteBroken(f"The signature by {key.name} is wrong.") from error
    return text


def _parts(note: str) -> tuple[str, list[str]]:
    text, gap, signatures = note.rpartition("\n\n")
    if not gap or not signatures.endswith("\n") or _controls(note):
        raise NoteBroken("This is not a signed note.")
    return f"{text}\n", signatures[:-1].split("\n")


def _signature_by(key: VerifyKey, lines: Iterable[str]) -> bytes:
    for line in lines:
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        try:
            material = _decoded(encoded)
        except ValueError as error:
            raise NoteBroken("A signature line cannot be read.") from error
        if dash != "\N{EM DASH}" or len(material) <= _KEY_ID_BYTES:
            raise NoteBroken("A signature line cannot be read.")
        is_ours = name == key.name and material[:_KEY_ID_BYTES] == key.key_id
        if is_ours and len(material) == _KEY_ID_BYTES + _SIGNATURE_BYTES:
            return material[_KEY_ID_BYTES:]
    raise NoteBroken(f"There is no signature by {key.name}.")


def _decoded(text: str) -> bytes:
    """Decode base64 that is written in the one way; the unused bits of another would not count."""
    data = b64decode(text, validate=True)
    if b64encode(data).decode() != text:
        raise NoteBroken("This base64 is not written in its one way.")
    return data


def _controls(text: str) -> bool:
    return _CONTROL.search(text) is not None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log signs: which log, how many leaves, which root, and lines of the log's own."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """Write the body of the note."""
        root = b64encode(self.root).decode()
        return "".join(f"{line}\n" for line in (self.origin, self.size, root, *self.extensions))

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Read the body of a note; raise NoteBroken unless it is the one way to write it."""
        try:
            origin, size, root, *extensions = text.removesuffix("\n").split("\n")
            checkpoint = cls(origin, _size(size), _decoded(root), tuple(extensions))
        except ValueError as error:
            raise NoteBroken("This is not a checkpoint.") from error
        is_whole = origin and all(extensions) and len(checkpoint.root) == HASH_BYTES
        if not is_whole or checkpoint.text() != text:
            raise NoteBroken("This is not a checkpoint.")
        return checkpoint


def _size(text: str) -> int:
    if not _SIZE.fullmatch(text) or int(text) > LARGEST_SIZE:
        raise NoteBroken("This is not the size of a log.")
    return int(text)
