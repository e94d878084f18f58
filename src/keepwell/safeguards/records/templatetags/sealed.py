"""Opening sealed values in a template: `{% load sealed %}`.

`{% opened row.name as name %}` or `{{ row.name|opened }}` opens in the request's disclosure scope;
`{{ row.name }}` alone shows a mask. The result is plain text, which Django escapes as usual.
"""

from typing import Any

from django import template

from keepwell.safeguards.records.sealed import Mask, Sealed

register = template.Library()


@register.filter
def opened(value: Mask | Sealed[Any] | None) -> Any:
    """Open a sealed value; an absent one is absent."""
    if isinstance(value, Mask | Sealed):
        return value.open()
    return value


register.simple_tag(opened, name="opened")
