"""The offer beside what the role does not open: `{% ask_for "person:open" %}`."""

from django import template
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from keepwell.shell import refusals, requests

register = template.Library()


@register.simple_tag(takes_context=True)
def ask_for(context: Context, permission: str) -> SafeString | str:
    """Offer to ask for a permission, or say that it was asked for; nothing where neither helps."""
    viewer = requests.viewer_of(context["request"])
    offer = refusals.way_to_ask(viewer, permission) if viewer else None
    if offer is None:
        return ""
    return render_to_string("shell/components/ask_for.html", {"offer": offer})


@register.simple_tag(takes_context=True)
def left_out(context: Context, *, is_any_kept: bool = False) -> SafeString | str:
    """Say below a list what is not in it, and that an emergency opens it.

    What other locations have; and where `is_any_kept`, what is kept for other colleagues.
    """
    request = context["request"]
    viewer = requests.viewer_of(request)
    if viewer is None or viewer.emergency is not None:
        return ""
    said = {"is_of_some": viewer.locations is not None, "is_any_kept": is_any_kept}
    if not any(said.values()):
        return ""
    offer = refusals.way_by_emergency(viewer, request.path)
    return render_to_string("shell/components/left_out.html", {**said, "offer": offer})
