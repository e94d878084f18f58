"""Style sheets and icons as they are sent: plain files put end to end when they are collected.

No build step: a bundle is a list of files kept by hand. Patients get their own list, so that a page
stays within 60 KB and ten requests on a slow phone.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

BUNDLES: Mapping[str, tuple[str, ...]] = {
    "shell/staff.css": (
        "shell/css/tokens.css",
        "shell/css/base.css",
        "shell/css/components.css",
        "shell/css/staff.css",
    ),
    "shell/patient.css": (
        "shell/css/tokens.css",
        "shell/css/base.css",
        "shell/css/components.css",
        "shell/css/patient.css",
    ),
}

TOKENS = "shell/css/tokens.css"
SPRITE = "shell/icons.svg"
PATIENT_SPRITE = "shell/icons-patient.svg"
PATIENT_ICONS = frozenset(
    {
        "bin",
        "calendar",
        "call",
        "check",
        "clip",
        "clock",
        "close",
        "done",
        "download",
        "error",
        "info",
        "left",
        "lock",
        "pen",
        "phone",
        "plus",
        "print",
        "right",
        "sign",
        "undo",
        "upload",
        "warning",
    }
)

Paths = dict[str, tuple[Storage, str]]

# The first rule of the tokens is light, the one below the media query is dark.
_COLOURS = re.compile(r"^\s*(--[a-z-]+: (?:#|0 1px).*;)$", re.MULTILINE)
_DARK = "@media (prefers-color-scheme: dark)"
_SYMBOL = re.compile(r'<symbol id="([a-z-]+)".*?</symbol>', re.DOTALL)


def sprite_of(sprite: str, names: frozenset[str]) -> str:
    """Return the SVG sprite with only these symbols."""
    kept = [match.group(0) for match in _SYMBOL.finditer(sprite) if match.group(1) in names]
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(kept) + "</svg>\n"


def chosen_themes(tokens: str) -> str:
    """Return the rules by which colleagues choose light or dark, from the tokens' own two.

    On screens only: paper is white whatever was chosen.
    """
    light, _, dark = tokens.partition(_DARK)
    rules = "\n".join(
        f':root[data-theme="{name}"] {{ color-scheme: {name}; {" ".join(_COLOURS.findall(text))} }}'
        for name, text in (("light", light), ("dark", dark))
    )
    return f"@layer tokens {{ @media screen {{\n{rules}\n}} }}\n"


def icon_names() -> frozenset[str]:
    """Return the name of every icon there is."""
    sprite = (Path(__file__).parent / "static" / SPRITE).read_text(encoding="utf-8")
    return frozenset(match.group(1) for match in _SYMBOL.finditer(sprite))


class BundledStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise is untyped
    """Hashed, compressed static files, with the bundles made first so that they are hashed too."""

    support_js_module_import_aggregation = True

    def post_process(
        self,
        paths: Paths,
        dry_run: bool = False,  # noqa: FBT001, FBT002  Django's signature
        **options: Any,
    ) -> Iterator[tuple[str, str, bool]]:
        """Make the bundles, then hash and compress everything."""
        if not dry_run:
            paths = {**paths, **self._made(paths)}
        yield from super().post_process(paths, dry_run, **options)

    def _made(self, paths: Paths) -> Paths:
        def text(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as file:
                return str(file.read().decode())

        made = {name: "\n".join(map(text, parts)) for name, parts in BUNDLES.items()}
        made["shell/staff.css"] += chosen_themes(text(TOKENS))
        made[PATIENT_SPRITE] = sprite_of(text(SPRITE), PATIENT_ICONS)
        for name, content in made.items():
            Path(self.path(name)).write_text(content, encoding="utf-8")
        return {name: (self, name) for name in made}
