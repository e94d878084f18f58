"""A real browser: the system's Chromium (never one that Playwright would download), and its limits.

Pages are opened as a phone or a desktop would; `findings` collects what the console said, because a
violation of the content security policy says so there and nowhere else.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Frame,
    Page,
    Route,
    StorageState,
    sync_playwright,
)

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",  # the tests may run as root, where Chromium refuses its sandbox
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE = (360, 740)
DESKTOP = (1440, 900)
NARROW = (320, 640)  # 1280 px at 400 % (WCAG 1.4.10)
ZOOMED = (320, 256)  # 1280 x 1024 at 400 %, its height too

Scheme = Literal["light", "dark"]
LOOKS: tuple[tuple[tuple[int, int], Scheme], ...] = (
    (PHONE, "light"),
    (PHONE, "dark"),
    (DESKTOP, "light"),
    (DESKTOP, "dark"),
)


class NoBrowser(RuntimeError):  # noqa: N818  names the fact
    """There is no Chromium on this machine; the text says what to install."""


def executable() -> str:
    """Return the path of the system's Chromium."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise NoBrowser("Journeys need a browser: install the package chromium of this system.")
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser and close it."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=executable(), args=list(FLAGS))
        try:
            yield started
        finally:
            started.close()


@dataclass
class Opened:
    """A page and what its console complained of."""

    page: Page
    findings: list[str] = field(default_factory=list)

    def note(self, message: ConsoleMessage) -> None:
        """Keep errors and warnings; a refused page is known by its status."""
        is_refusal = message.text.startswith("Failed to load resource")
        if message.type in {"error", "warning"} and not is_refusal:
            self.findings.append(message.text)


@contextmanager
def opened(
    browser: Browser,
    *,
    size: tuple[int, int] = DESKTOP,
    scheme: Scheme = "light",
    has_script: bool = True,
    state: StorageState | None = None,
) -> Iterator[Opened]:
    """Open an empty page: of somebody new, or with the cookies of `state`; our CA is believed."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=scheme,
        java_script_enabled=has_script,
        ignore_https_errors=True,
        reduced_motion="reduce",
        is_mobile=size[0] < 600,
        has_touch=size[0] < 600,
        storage_state=state,
    )
    try:
        this = Opened(context.new_page())
        this.page.on("console", this.note)
        this.page.on("pageerror", lambda error: this.findings.append(str(error)))
        yield this
    finally:
        context.close()


_STICKING_OUT = """
() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const isOut = (box) => box.right > root.clientWidth + 1 || box.left < -1;
  return [...document.body.querySelectorAll("*")]
    .filter((one) => isOut(one.getBoundingClientRect()) && one.checkVisibility())
    .map((one) => one.outerHTML.slice(0, 120)).slice(-3);
}
"""


def sticking_out(page: Page | Frame) -> list[str]:
    """Return the innermost elements for which the page scrolls sideways."""
    found: list[str] = page.evaluate(_STICKING_OUT)
    return found


def scrolls_sideways(page: Page | Frame) -> bool:
    """Tell whether anything sticks out at the side."""
    root = "document.documentElement"
    return bool(page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"))


_SMALL_TARGETS = """
() => [...document.querySelectorAll("main :is(button, input, select, textarea, .choice label)")]
  .filter((one) => one.checkVisibility() && !one.closest(".unseen") && one.type !== "hidden")
  .filter((one) => !(one.closest(".choice") && one.tagName === "INPUT"))
  .filter((one) => one.getBoundingClientRect().height < 43.5)
  .map((one) => `${one.outerHTML.slice(0, 80)} ${one.getBoundingClientRect().height}`)
"""


def small_targets(page: Page) -> list[str]:
    """Return inputs and buttons that are lower than 44 px."""
    found: list[str] = page.evaluate(_SMALL_TARGETS)
    return found


def be_looked_at(page: Page, size: tuple[int, int], scheme: Scheme) -> None:
    """Look at the open page with another width and theme, without asking for it again."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")


def be_a_slow_phone(page: Page) -> None:
    """Slow the network to 400 kbit/s with 400 ms of delay, and the processor to a quarter."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    bytes_a_second = 400_000 / 8
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": 400,
            "downloadThroughput": bytes_a_second,
            "uploadThroughput": bytes_a_second,
        },
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})


@dataclass
class Loads:
    """Pages that a person has waited for, by their addresses."""

    addresses: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.addresses)


def count_loads(page: Page) -> Loads:
    """Begin to count the pages loaded from now on; what redirects on the way is no page."""
    loads = Loads()
    page.on("load", lambda loaded: loads.addresses.append(loaded.url))
    return loads


@dataclass
class Weight:
    """What a page cost: requests, and bytes as they came over the wire."""

    requests: int = 0
    wire_bytes: int = 0


def weigh(page: Page) -> Weight:
    """Begin to count what this page loads from now on."""
    weight = Weight()

    def finished(event: dict[str, float]) -> None:
        weight.requests += 1
        weight.wire_bytes += int(event["encodedDataLength"])

    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", finished)
    return weight


def forget_layers(page: Page) -> None:
    """Be a browser from before 2022: whatever stands in a cascade layer is not understood."""

    def strip(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=without_layers(answer.text()))

    page.route(re.compile(r"\.css(\?|$)"), strip)


def without_layers(sheet: str) -> str:
    """Return a style sheet without its @layer rules, however deep their braces go."""
    kept, depth, skipping = [], 0, False
    for piece in re.split(r"(@layer[^;{]*;|@layer[^;{]*{|[{}])", sheet):
        if not skipping and piece.startswith("@layer"):
            skipping, depth = piece.endswith("{"), 1
        elif not skipping:
            kept.append(piece)
        elif piece in {"{", "}"}:
            depth += 1 if piece == "{" else -1
            skipping = depth > 0
    return "".join(kept)
