"""Raw colours only in tokens.css, and every pair that meets can be read (WCAG 1.4.3, 1.4.11)."""

import re
from itertools import product
from pathlib import Path

import pytest

import keepwell

SOURCE = Path(keepwell.__file__).parent
TOKENS = SOURCE / "shell" / "static" / "shell" / "css" / "tokens.css"
SHEETS = sorted(path for path in SOURCE.rglob("static/**/*.css") if "vendor" not in path.parts)
OTHERS = [sheet for sheet in SHEETS if sheet != TOKENS]

RAW = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch|color)a?\(", re.IGNORECASE)
NAMED = re.compile(
    r":[^;{}]*\b(?:white|black|red|green|blue|grey|gray|orange|yellow|purple|silver|navy|teal)\b"
)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)

GROUNDS = ("bg", "surface", "sunken")
TEXT = 4.5
SIGN = 3.0  # borders of controls, focus rings, icons: WCAG 1.4.11

READ = [
    *product(("text", "muted", "accent", "accent-strong"), GROUNDS),
    *product(("danger", "success", "warning", "info", "sealed"), ("bg", "surface")),
    *((tone, f"{tone}-tint") for tone in ("danger", "success", "warning", "info", "sealed")),
    ("text", "accent-tint"),
    ("accent-strong", "accent-tint"),
    ("text", "success-tint"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("bg", "text"),  # the undo notice stands on the text's colour
]
SEEN = [*product(("control", "focus"), GROUNDS), ("accent", "sunken"), ("accent", "accent-tint")]


def themes() -> dict[str, dict[str, str]]:
    """Read both themes from the one file; dark is light with what it overrides."""
    light, dark = TOKENS.read_text().split("prefers-color-scheme: dark")
    first = dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", light))
    return {
        "light": first,
        "dark": first | dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{6})", dark)),
    }


def luminance(colour: str) -> float:
    """Return relative luminance (WCAG 2.2)."""

    def linear(part: str) -> float:
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(colour[place : place + 2]) for place in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("front", "ground", "least"),
    [(*pair, TEXT) for pair in READ] + [(*pair, SIGN) for pair in SEEN],
)
def test_every_pair_can_be_read(theme: str, front: str, ground: str, least: float) -> None:
    colours = themes()[theme]
    assert contrast(colours[front], colours[ground]) >= least


def test_contrast_is_computed_as_the_standard_says() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_both_themes_have_every_role() -> None:
    colours = themes()
    missing = set(colours["light"]) - set(
        re.findall(r"--([a-z-]+):\s*#", TOKENS.read_text().split("prefers-color-scheme: dark")[1])
    )
    assert missing == set()


@pytest.mark.parametrize("sheet", OTHERS, ids=lambda path: str(path.relative_to(SOURCE)))
def test_raw_colours_are_in_tokens_alone(sheet: Path) -> None:
    rules = COMMENT.sub("", sheet.read_text())
    assert RAW.findall(rules) == []
    assert NAMED.findall(rules) == []


def test_every_colour_that_a_sheet_names_is_a_token() -> None:
    defined = set(re.findall(r"--([a-z0-9-]+):", "".join(sheet.read_text() for sheet in SHEETS)))
    used = set(re.findall(r"var\(--([a-z0-9-]+)", "".join(sheet.read_text() for sheet in SHEETS)))
    assert used - defined == set()
