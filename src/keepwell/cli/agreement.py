"""What takes two persons and is done on the server: the command asks for what members agreed on."""

from collections.abc import Mapping

from keepwell.cli.refusal import Refusal
from keepwell.cli.terminal import warn
from keepwell.safeguards.access.errors import NotConfirmed
from keepwell.safeguards.access.proposals.actions import use_up_on_console
from keepwell.safeguards.access.proposals.acts import Act
from keepwell.safeguards.tenancy.viewer import Viewer


def use_up(
    viewer: Viewer, act: Act, about: Mapping[str, str], *, page: str = "Two persons"
) -> None:
    """Use up the proposal that two members agreed on; refuse where there is none.

    Where nobody is left whose role could propose it, it is done without, and said so.
    """
    try:
        used = use_up_on_console(viewer, act=act, about=about)
    except NotConfirmed:
        raise Refusal(
            "This takes two persons. Let an owner or administrator propose exactly this on the "
            f"page {page} ({act.title}) and another confirm it; then run this command again "
            "within 24 hours. Nothing was changed."
        ) from None
    if used is None:
        warn("keepwell: Nobody is left who could propose or confirm this: it is done without.")
