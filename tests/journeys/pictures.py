"""`make pictures`: every page, on a phone and a desktop, light and dark, with an index.

    python -m tests.journeys.pictures                   every page, into pictures/
    python -m tests.journeys.pictures --documentation   the few of docs/pictures/, into the checkout

A demonstration and an installation without anybody are served for as long as it takes, on loopback
ports and in a temporary folder.
"""

import html
import io
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from tests.journeys import atlas, browser
from tests.journeys.clinic import Clinic
from tests.journeys.fresh import Fresh
from tests.journeys.stops import Stop
from tests.serving import Demo, serving

FOLDER = Path(__file__).parents[2] / "pictures"
DOCUMENTATION = Path(__file__).parents[2] / "docs" / "pictures"
FOR_DOCUMENTATION = {
    "account-passkey": "desktop-light",
    "alerts": "desktop-light",
    "patient-page-choices": "phone-light",
    "form": "desktop-light",
    "inbox": "desktop-light",
    "form-colleagues": "desktop-light",
    "locations": "desktop-light",
    "emergency-on": "desktop-light",
    "member-report": "desktop-light",
    "second-step-start": "desktop-light",
    "submission": "desktop-light",
    "trail": "desktop-light",
    "person-joined": "desktop-dark",
}
LOOKS: dict[str, tuple[tuple[int, int], browser.Scheme]] = {
    "phone-light": ((390, 844), "light"),
    "phone-dark": ((390, 844), "dark"),
    "desktop-light": ((1440, 900), "light"),
    "desktop-dark": ((1440, 900), "dark"),
}
_INDEX = """<!doctype html>
<html lang="en">
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Keepwell, every page</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 1rem auto; max-width: 90rem; }}
section {{ border-top: 1px solid; padding-block: 1rem; }}
div {{ display: flex; flex-wrap: wrap; gap: 1rem; align-items: flex-start; }}
img {{ border: 1px solid; height: 20rem; width: auto; max-width: 100%; }}
</style>
<h1>Keepwell, every page</h1>
{sections}
</html>
"""


@contextmanager
def served() -> Iterator[tuple[Clinic, Fresh]]:
    """Serve what the walk needs and stop it afterwards."""
    with tempfile.TemporaryDirectory() as folder, browser.chromium() as chromium:
        homes = Path(folder)
        with (
            serving(homes / "new") as new,
            serving(homes / "demo", "demo", "--json") as running,
        ):
            demo = Demo(running, json.loads("\n".join(running.out.all())))
            yield Clinic(demo, chromium), Fresh(new)


def take(stop: Stop, folder: Path) -> None:
    """Take the pictures of one page."""
    for look, (size, scheme) in LOOKS.items():
        browser.be_looked_at(stop.page, size, scheme)
        stop.page.screenshot(path=folder / f"{stop.name}-{look}.png", full_page=True)
    browser.be_looked_at(stop.page, *LOOKS["desktop-light"])


def index(names: list[str]) -> str:
    """Return the page that shows them all."""
    return _INDEX.format(sections="\n".join(map(_section, names)))


def _section(name: str) -> str:
    files = [f"{name}-{look}.png" for look in LOOKS]
    shown = "".join(
        f'<a href="{file}"><img src="{file}" alt="{html.escape(file)}" loading="lazy"></a>'
        for file in files
    )
    return f"<section><h2>{html.escape(name)}</h2><div>{shown}</div></section>"


def take_for_documentation(stop: Stop, folder: Path) -> None:
    """Take the one picture that the documentation shows of this page, in few bytes."""
    look = FOR_DOCUMENTATION.get(stop.name)
    if look is None:
        return
    browser.be_looked_at(stop.page, *LOOKS[look])
    taken = Image.open(io.BytesIO(stop.page.screenshot()))
    file = folder / f"{stop.name}.png"
    taken.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(file, optimize=True)
    browser.be_looked_at(stop.page, *LOOKS["desktop-light"])


def every_page(folder: Path) -> None:
    """Take every picture, and write the page that shows them."""
    names = []
    with served() as (clinic, fresh):
        for stop in atlas.walk(clinic, fresh):
            take(stop, folder)
            names.append(stop.name)
            sys.stdout.write(f"{stop.name}\n")
            sys.stdout.flush()
    (folder / "index.html").write_text(index(names), encoding="utf-8")
    sys.stdout.write(f"{len(names)} pages, {len(names) * len(LOOKS)} pictures: {folder}\n")


def for_documentation(folder: Path) -> None:
    """Take the few pictures that the documentation shows."""
    with served() as (clinic, fresh):
        for stop in atlas.walk(clinic, fresh):
            take_for_documentation(stop, folder)


def main(arguments: list[str]) -> None:
    """Do what the command line says; pictures of an earlier run make room."""
    is_documentation = arguments == ["--documentation"]
    folder = DOCUMENTATION if is_documentation else FOLDER
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    for_documentation(folder) if is_documentation else every_page(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
