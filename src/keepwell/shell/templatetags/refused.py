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
