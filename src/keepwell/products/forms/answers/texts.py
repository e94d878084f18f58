"""Read text answers: names, paragraphs, addresses of the web, e-mail and telephone."""

import re
import unicodedata

from keepwell.products.forms.answers.asking import Asked, Unfit
from keepwell.products.forms.answers.wording import kind_of_mark
from keepwell.products.forms.compiled.items import Item
from keepwell.products.forms.definition.documents import is_control
from keepwell.products.forms.values import Coding, Value
from keepwell.toolkit.mailboxes import MAILBOX

DEFAULT_LENGTH = {"text": 10_000}
OTHER_LENGTH = 1_000
_DIALLED = re.compile(r"[\d\s+()\[\].,/#*\u2010-\u2015\u00b7-]+")
_EXTENSION = re.compile(r"(?i)[\s,;]*(?:extension|extn?|ext|x)[.:\s]*(?=[\d\s]+$)")
_URL = re.compile(r"(?i)https?://[^\s/@]{1,255}\.?[^\s]*")
_HOST = re.compile(r"(?i)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?:[/?#]\S*)?")


def cleaned(text: str, *, is_long: bool = False) -> str:
    """Return text trimmed, in Unicode's NFC, on one line unless it may be long."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if is_long:
        return "\n".join(line.rstrip() for line in text.split("\n")).strip()
    return " ".join(text.split())


def max_length(item: Item) -> int:
    """Return how many characters an answer may have."""
    most = DEFAULT_LENGTH.get(item.type, OTHER_LENGTH)
    return most if item.limits.max_length is None else min(item.limits.max_length, most)


def read_text(asked: Asked, text: str) -> Value | None:
    """Return one text answer, None when it is empty; raise Unfit when it cannot be taken."""
    item = asked.item
    if any(is_control(letter) or "\ud800" <= letter <= "\udfff" for letter in text):
        raise Unfit("control_characters")
    value = cleaned(text, is_long=item.type == "text")
    if not value:
        return None
    value = _of_kind(asked, value)
    _check_length(item, value)
    if item.limits.pattern is not None and not item.limits.pattern.matches(value):
        shape = item.limits.entry_format
        raise Unfit("pattern_format", format=shape) if shape else Unfit("pattern")
    is_coded = item.type == "choice" and not item.options
    return Coding(display=value) if is_coded else value


def _check_length(item: Item, value: str) -> None:
    if len(value) > max_length(item):
        raise Unfit("text_long", limit=max_length(item))
    if len(value) < item.limits.min_length:
        raise Unfit("text_short", limit=item.limits.min_length)


def _of_kind(asked: Asked, value: str) -> str:
    kind = kind_of_mark(asked.item.link_id, asked.setting.marks)
    if kind == "email" and not MAILBOX.fullmatch(value):
        raise Unfit("email_shape")
    if kind == "telephone" and not _is_telephone(value):
        raise Unfit("telephone_shape")
    return _url(value) if asked.item.type == "url" else value


def _is_telephone(value: str) -> bool:
    """Tell whether somebody could dial this: generous about signs, but words are no number."""
    number, *extension = _EXTENSION.split(value, maxsplit=1)
    count = sum(letter.isdecimal() for letter in number)
    is_short = len(extension) == 0 or len(extension[0].strip()) <= 10
    return 5 <= count <= 18 and is_short and _DIALLED.fullmatch(number) is not None


def _url(value: str) -> str:
    if _URL.fullmatch(value):
        return value
    if _HOST.fullmatch(value):
        return f"https://{value}"
    raise Unfit("url_shape")
