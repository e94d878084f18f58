"""axe-core over the page that is open: WCAG 2.2 A and AA and axe's best practices.

The script comes from the installed package and runs through the debugging protocol, so the page's
content security policy stays as strict as it is.
"""

from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Frame, Page

EVERYTHING: dict[str, Any] = {"resultTypes": ["violations"]}
# Two themes differ in nothing but colours, so the second one needs no other rule.
COLOURS: dict[str, Any] = {**EVERYTHING, "runOnly": ["color-contrast", "link-in-text-block"]}


@cache
def _script() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page | Frame, rules: dict[str, Any] = EVERYTHING) -> list[str]:
    """Return every violation as a sentence: rule, help, the elements."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_script())
    found: dict[str, Any] = page.evaluate("(rules) => axe.run(document, rules)", rules)
    return [_said(violation) for violation in found["violations"]]


def _said(violation: dict[str, Any]) -> str:
    where = "; ".join(node["html"][:160] for node in violation["nodes"][:5])
    return f"{violation['id']}: {violation['help']} at {where}"
