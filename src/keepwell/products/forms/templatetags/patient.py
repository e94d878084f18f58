"""Ways between the pages of a form for patients: `{% load patient %}`."""

from django import template

from keepwell.products.forms.rendering.views import CheckRow, CheckView, PageView, Ways

register = template.Library()


@register.filter
def back_way(view: PageView | CheckView, ways: Ways) -> str:
    """Return the address of the page before this one."""
    return ways.start if view.back is None else ways.page(view.back)


@register.filter
def page_way(number: int, ways: Ways) -> str:
    """Return the address of a page."""
    return ways.page(number)


@register.filter
def change_way(row: CheckRow, ways: Ways) -> str:
    """Return the address at which an answer can be changed, at its very input."""
    return f"{ways.page(row.page)}#{row.anchor}"
