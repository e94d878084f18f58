"""Addresses in templates: `{% load addresses %}`."""

from uuid import UUID

from django import template

from keepwell.shell import addresses

register = template.Library()


@register.simple_tag
def url_of(route: str, id: UUID | int) -> str:
    """Lead to the page of one of many rows: what `url` does, and sooner."""
    return addresses.url_of(route, id)
