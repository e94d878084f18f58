"""A language that nobody speaks: every translated text is marked, accented and a third longer.

A journey in it shows two things: words that no catalogue can reach (they stand unmarked), and pages
that only fit English. Its other direction, right to left, shows what was laid out for one side.

    with pseudo.spoken(): ...                              in this process
    DJANGO_SETTINGS_MODULE=tests.journeys.settings_pseudo  in a server, PSEUDO_DIRECTION=rtl
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import translation
from django.utils.translation import trans_real
from playwright.sync_api import Page

OPEN, CLOSE = "⟦", "⟧"
_LONG_WORD = 10  # what is added comes in words of this length, as in German
_ACCENTED = str.maketrans("aeiounycAEIOUNYC", "àéîöùñýçÀÉÎÖÙÑÝÇ")
_KEPT = re.compile(r"(%\([a-z_0-9]+\)[sd]|%[sd%]|{[a-z_0-9]*}|<[^>]*>|&[a-z#0-9]+;)")


def pseudo(text: str) -> str:
    """Return a text in the language: placeholders, tags and entities stay as they are."""
    if not text.strip():
        return text
    parts = _KEPT.split(text)
    words = [part if place % 2 else part.translate(_ACCENTED) for place, part in enumerate(parts)]
    letters = sum(len(part) for part in parts[::2])
    more = "~" * max(1, letters * 3 // 10)
    longer = [more[start : start + _LONG_WORD] for start in range(0, len(more), _LONG_WORD)]
    return f"{OPEN}{''.join(words)}{' '.join(longer)}{CLOSE}"


def _speak(real: Callable[..., str]) -> Callable[..., str]:
    def spoken_text(*args: Any) -> str:
        return pseudo(str(real(*args)))

    return spoken_text


@contextmanager
def spoken(*, is_rtl: bool = False) -> Iterator[None]:
    """Speak the language in this process until the block ends."""
    before = install(is_rtl=is_rtl)
    try:
        yield
    finally:
        for name, function in before.items():
            setattr(translation._trans, name, function)  # type: ignore[attr-defined]


def install(*, is_rtl: bool = False) -> dict[str, Any]:
    """Speak the language in this process for good; return what was there."""
    names = ("gettext", "ngettext", "pgettext", "npgettext")
    spoken_by_name: dict[str, Any] = {name: _speak(getattr(trans_real, name)) for name in names}
    if is_rtl:
        spoken_by_name["get_language_bidi"] = lambda: True
    before = {name: getattr(trans_real, name) for name in spoken_by_name}
    for name, function in spoken_by_name.items():
        setattr(translation._trans, name, function)  # type: ignore[attr-defined]
    return before


# What stands the same in every language: references, ids, time zones, units, devices, hosts.
NO_WORDS = (
    r"KW-(?:[0-9A-Z]{4}-[0-9A-Z]{4})?", r"[0-9a-f-]{8,}", r"P[SD]T|UTC|[AP]M", "kB|MB",
    "Chrome|Linux|localhost",
)  # fmt: skip

_UNMARKED = r"""
() => {
  const found = [];
  let depth = 0;
  const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (node.parentElement.closest("script, style, noscript, template")) continue;
    if (node.parentElement.closest("code, .mono, .avatar, select[name=time_zone] option")) continue;
    let bare = "";
    for (const sign of node.data) {
      if (sign === "⟦") depth += 1;
      else if (sign === "⟧") depth -= 1;
      else if (depth === 0) bare += sign;
    }
    found.push(bare);
  }
  for (const name of ["aria-label", "alt", "title", "placeholder"]) {
    for (const element of document.querySelectorAll(`[${name}]`)) {
      found.push(element.getAttribute(name).replace(/⟦[^⟦⟧]*⟧/g, ""));
    }
  }
  return found;
}
"""


def unmarked(page: Page, *, data: tuple[str, ...] = ()) -> list[str]:
    """Return words of the page that were not translated; data (names, answers) is left out."""
    found: list[str] = []
    known = sorted({"Keepwell", *data}, key=len, reverse=True)
    words = "|".join((*map(re.escape, known), *NO_WORDS))
    is_data = re.compile(rf"(?<!\w)(?:{words})(?!\w)")
    for text in page.evaluate(_UNMARKED):
        found += re.findall(r"[^\W\d_]{2,}", is_data.sub(" ", " ".join(text.split())))
    return found


_OVERLAPS = r"""
() => {
  const seen = [];
  const hidden = (element) => {
    for (let up = element; up; up = up.parentElement) {
      const style = getComputedStyle(up);
      const box = up.getBoundingClientRect();
      if (style.clipPath !== "none" || style.visibility === "hidden") return true;
      if ((box.width <= 1 || box.height <= 1) && style.overflow !== "visible") return true;
    }
    return !element.checkVisibility();
  };
  const shown = (box, element) => {  // what is scrolled away inside something lies over nothing
    let { top, bottom } = box;
    for (let up = element; up && up !== document.body; up = up.parentElement) {
      if (getComputedStyle(up).overflowY === "visible") continue;
      const edge = up.getBoundingClientRect();
      [top, bottom] = [Math.max(top, edge.top), Math.min(bottom, edge.bottom)];
    }
    return { top, bottom, left: box.left, right: box.right, height: bottom - top };
  };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    if (!node.data.trim() || hidden(node.parentElement)) continue;
    if (node.parentElement.closest("select, textarea, .skip")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const words = node.data.trim().slice(0, 40);
    for (const box of range.getClientRects()) {
      seen.push([shown(box, node.parentElement), words, node.parentElement]);
    }
  }
  const pictures = "svg.icon, img, input[type=checkbox], input[type=radio]";
  for (const icon of document.querySelectorAll(pictures)) {
    const box = icon.getBoundingClientRect();
    if (!hidden(icon)) seen.push([shown(box, icon), icon.outerHTML.slice(0, 60), icon]);
  }
  const found = [];
  for (let one = 0; one < seen.length; one += 1) {
    for (let two = one + 1; two < seen.length; two += 1) {
      const [a, left, first] = seen[one];
      const [b, right, second] = seen[two];
      if (first.contains(second) && first === second) continue;
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      const lower = Math.min(a.height, b.height);
      if (lower > 0 && across > 2 && down > lower * 0.35) found.push(`${left} / ${right}`);
    }
  }
  return found;
}
"""


def overlaps(page: Page) -> list[str]:
    """Return pairs of texts, icons and ticks that lie over each other."""
    found: list[str] = page.evaluate(_OVERLAPS)
    return found
