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
def of_own_locations(context: Context) -> SafeString | str:
    """Say below a list that it holds the viewer's locations only, and what an emergency opens."""
    request = context["request"]
    viewer = requests.viewer_of(request)
    offer = refusals.way_beyond_locations(viewer, request.path) if viewer else None
    if offer is None:
        return ""
    return render_to_string("shell/components/of_own_locations.html", {"offer": offer})
