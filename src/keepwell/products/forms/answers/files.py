"""Take files by what their bytes are, not by what their names or senders claim."""

import hashlib
import re

from keepwell.products.forms.answers.asking import Asked, Reading, Unfit, Upload
from keepwell.products.forms.answers.fields import REFUSED
from keepwell.products.forms.answers.texts import cleaned
from keepwell.products.forms.compiled.items import Item
from keepwell.products.forms.definition.documents import is_control
from keepwell.products.forms.values import Attachment

# What a clinic can look at without running anything. Never HTML, SVG or what holds macros.
TAKEN = {
    "image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WebP",
    "image/heic": "HEIC", "image/tiff": "TIFF", "application/pdf": "PDF", "text/plain": "text",
}  # fmt: skip
_SIGNATURES = (
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
    (re.compile(rb"....ftyp(?:heic|heix|hevc|mif1|msf1)", re.DOTALL), "image/heic"),
    (re.compile(rb"II\*\x00|MM\x00\*"), "image/tiff"),
    (re.compile(rb"%PDF-1\.|%PDF-2\."), "application/pdf"),
)


def taken_by(item: Item) -> tuple[str, ...]:
    """Return the media types a question takes: what the form allows, within what we allow."""
    asked = item.limits.mimes
    if not asked:
        return tuple(TAKEN)
    listed = tuple(mime for mime in TAKEN if any(_covers(one, mime) for one in asked))
    return listed or tuple(TAKEN)


def _covers(asked: str, mime: str) -> bool:
    asked = asked.lower().strip()
    return asked in (mime, "*/*") or (asked.endswith("/*") and mime.startswith(asked[:-1]))


def kinds_in_words(item: Item) -> str:
    """Return the kinds of files a question takes, for people."""
    return ", ".join(TAKEN[mime] for mime in taken_by(item))


def limit_bytes(asked: Asked) -> int:
    """Return how large one file may be."""
    own = asked.item.limits.max_bytes
    most = asked.setting.max_file_bytes
    return most if own is None else min(own, most)


def read_files(asked: Asked) -> Reading:
    """Return the facts of kept and new files; the new ones' bytes come along by sha256."""
    kept = [one for one in asked.kept if one.sha256 in asked.texts("kept")]
    unfit = [_refused_before(asked, text) for text in asked.texts(REFUSED)]
    new: dict[str, Upload] = {}
    for upload in asked.uploads:
        if not upload.name and not upload.content:
            continue
        try:
            facts = facts_of(asked, upload)
        except Unfit as one:
            unfit.append(one)
            continue
        new[facts.sha256] = upload
        kept = [one for one in kept if one.sha256 != facts.sha256 and asked.item.is_many]
        kept.append(facts)
    return Reading(tuple(kept), tuple(unfit), new)


def refusals(reading: Reading) -> list[str]:
    """Return what files were refused as text, so that a page shown again can say it again."""
    return [f"{one.code}:{one.parameters['file']}" for one in reading.unfit]


def _refused_before(asked: Asked, text: str) -> Unfit:
    code, _, name = text.partition(":")
    if code == "file_large":
        return Unfit(code, file=file_name(name), limit=size_in_words(limit_bytes(asked)))
    if code == "file_kind":
        return Unfit(code, file=file_name(name), kinds=kinds_in_words(asked.item))
    return Unfit("file_empty", file=file_name(name))


def facts_of(asked: Asked, upload: Upload) -> Attachment:
    """Return the facts of a file, or raise Unfit: empty, too large or of a kind not taken."""
    name = file_name(upload.name)
    if not upload.content:
        raise Unfit("file_empty", file=name)
    limit = limit_bytes(asked)
    if len(upload.content) > limit:
        raise Unfit("file_large", file=name, limit=size_in_words(limit))
    mime = mime_of(upload.content)
    if mime not in taken_by(asked.item):
        raise Unfit("file_kind", file=name, kinds=kinds_in_words(asked.item))
    digest = hashlib.sha256(upload.content).hexdigest()
    return Attachment(digest, name, mime, len(upload.content))


def mime_of(content: bytes) -> str:
    """Return the media type that a file's bytes show, empty for what is not taken anyway.

    Eight signatures, exactly; a library that knows a thousand kinds guesses among them.
    """
    found = next((mime for sign, mime in _SIGNATURES if sign.match(content)), "")
    return found or ("text/plain" if _is_plain(content) else "")


def _is_plain(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    start = text.lstrip("\ufeff \t\r\n")
    is_markup = start.startswith(("<", "#!", "{\\rtf", "%!"))
    return not is_markup and not any(is_control(letter) for letter in text)


def file_name(name: str) -> str:
    """Return the last part of a file's name without anything that could mislead a reader.

    Attack named: right-to-left override makes "gpj.exe" look like "exe.jpg".
    """
    base = re.split(r"[/\\]", name)[-1]
    shown = "".join(one for one in base if one.isprintable() and one not in "\u202e\u202d\u2066")
    return cleaned(shown)[:120] or "file"


def size_in_words(size_bytes: int) -> str:
    """Return a size as people read it, in units of 1000."""
    if size_bytes >= 1_000_000:
        return f"{size_bytes / 1_000_000:.1f}".removesuffix(".0") + " MB"
    return f"{max(1, round(size_bytes / 1000))} kB"
