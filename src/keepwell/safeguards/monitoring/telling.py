"""Who tells people that an alert was raised: a question for the office, which stands above us."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keepwell.safeguards.monitoring.models import Alert
    from keepwell.safeguards.tenancy.viewer import Viewer

Teller = Callable[["Viewer", "Alert"], None]
_teller: Teller | None = None


def through(teller: Teller) -> None:
    """Call this in the transaction that raises an alert: both happen, or neither."""
    global _teller  # noqa: PLW0603  one per process, set at start
    _teller = teller


def tell(viewer: "Viewer", alert: "Alert") -> None:
    """Have people told of an alert; without anybody to do it, it stands on the page only."""
    if _teller is not None:
        _teller(viewer, alert)
