"""Pages as a browser would understand them, and answers typed into every input of a form."""

import itertools
import re
from html.parser import HTMLParser
from urllib.parse import quote

from tests.products.forms.pages.patients import Patient


class Markup(HTMLParser):
    """What a browser would make of a page: elements with their attributes' names, and addresses."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[tuple[str, ...]] = set()
        self.addresses: set[str] = set()
        self.inputs: list[dict[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.add((tag, *sorted(name for name, _ in attrs)))
        given = {name: value or "" for name, value in attrs}
        if re.match(r"f\d", given.get("name", "")):
            self.inputs.append({"type": tag, **given})
        named = {"href", "src", "action", "formaction", "srcdoc", "content"}
        self.addresses |= {value or "" for name, value in attrs if name in named}


DATE = {"day": "9", "month": "3", "year": "1951"}


def typed(page: str, words: str, *, is_fit: bool) -> list[tuple[str, str]]:
    """Return what somebody posts who types these words everywhere, or everywhere they may stand."""
    inputs = [one for one in Markup(page).inputs if one["type"] != "file"]
    offered = {one["name"]: one.get("value", "") for one in inputs}
    hidden = [(one["name"], one["value"]) for one in inputs if one["type"] == "hidden"]
    return hidden + [
        (name, _fitting(name, offered, words) if is_fit else words)
        for name in offered
        if name not in dict(hidden)
    ]


def _fitting(name: str, offered: dict[str, str], words: str) -> str:
    part = name.rpartition("-")[2]
    return DATE.get(part, "other" if f"{name}-other" in offered else words)


def multipart(fields: list[tuple[str, str]], files: dict[str, str]) -> tuple[bytes, str]:
    """Return a body with files under these very names, as no browser would send them."""
    parts = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields
    ] + [
        f'--x\r\nContent-Disposition: form-data; name="{name}"; '
        f"filename*=UTF-8''{quote(called, safe='')}\r\nContent-Type: text/html\r\n\r\n"
        "%PDF-1.4\r\n"
        for name, called in files.items()
    ]
    return "".join([*parts, "--x--\r\n"]).encode(), "multipart/form-data; boundary=x"


def fill(pat: Patient, words: str, *, file: str, is_fit: bool) -> list[str]:
    """Begin and answer every page with these words; return the pages that answer."""
    pat.open()
    pat.begin()
    shown: list[str] = []
    for number in itertools.count(1):
        pat.page = pat.client.get(f"{pat.path}{number}/")
        if pat.page.status_code == 404:
            return shown
        repeating = re.search(r'value="(add:f\d+)"', pat.text)
        if repeating:
            pat.post(f"{pat.path}{number}/", {"act": repeating[1]})
        files = {one["name"]: file for one in Markup(pat.text).inputs if one["type"] == "file"}
        fields = [*typed(pat.text, words, is_fit=is_fit), ("act", "continue")]
        body, kind = multipart(fields, files)
        pat.page = pat.client.post(f"{pat.path}{number}/", body, content_type=kind, follow=True)
        shown += [pat.text, pat.open(f"{pat.path}{number}/")]
    raise AssertionError
