"""Style sheets hold what pages use and nothing else."""

import re
from pathlib import Path

import keepwell

SOURCE = Path(keepwell.__file__).parent
CLASS = re.compile(r"\.(-?[a-zA-Z][\w-]*)")
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
VALUES = re.compile(r"\{[^{}]*\}")
MADE_OF_PARTS = {"gallery.css": "a class for each token, made in a loop of its template"}


def selectors(style: str) -> str:
    """Return a style sheet without comments and declarations: what rules are about."""
    return VALUES.sub(" ", COMMENT.sub(" ", style))


def test_every_class_in_a_style_sheet_is_used_by_a_page() -> None:
    pages = " ".join(
        file.read_text(encoding="utf-8")
        for kind in ("html", "py", "js", "svg")
        for file in SOURCE.rglob(f"*.{kind}")
    )
    used = set(re.findall(r"[\w-]+", pages))
    unused = {
        f"{file.relative_to(SOURCE)}: .{name}"
        for file in SOURCE.rglob("*.css")
        if file.name not in MADE_OF_PARTS
        for name in CLASS.findall(selectors(file.read_text(encoding="utf-8")))
        if name not in used
    }
    assert not unused, sorted(unused)
