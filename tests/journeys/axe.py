"""axe-core over the page that is open: WCAG 2.2 A and AA and axe's best practices.

The script comes from the installed package and runs through the debugging protocol, so the page's
content security policy stays as strict as it is.
"""

from functools import cache
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page


@cache
def _script() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """Return every violation as a sentence: rule, help, the elements."""
    page.evaluate(_script())
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [_said(violation) for violation in found["violations"]]


def _said(violation: dict[str, Any]) -> str:
    where = "; ".join(node["html"][:160] for node in violation["nodes"][:5])
    return f"{violation['id']}: {violation['help']} at {where}"
