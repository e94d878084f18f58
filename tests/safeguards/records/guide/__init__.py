"""An app for tests alone: exactly the example of docs/guides/new-record.md."""

import re

from tests.boundaries.shape import ROOT

PAGE = ROOT / "docs" / "guides" / "new-record.md"
BLOCKS = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def block(number: int) -> str:
    """Return a block of code of the guide."""
    found: list[str] = BLOCKS.findall(PAGE.read_text(encoding="utf-8"))
    return found[number]
