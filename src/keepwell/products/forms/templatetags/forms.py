"""Tags for templates of forms: `{% load forms %}`."""

from django import template
from django.utils.html import format_html

from keepwell.products.forms import qr
from keepwell.products.forms.rendering import saying
from keepwell.products.forms.sentences import Sentence

register = template.Library()


@register.filter
def said(sentence: Sentence) -> str:
    """Say a sentence of the pure core in the page's language."""
    return saying.sentence(sentence)


@register.filter
def public_link(token: str) -> str:
    """Return the whole address of a link."""
    return qr.public_link(token)


@register.filter
def embed_code(token: str, title: str) -> str:
    """Return the frame that a clinic pastes into its own website."""
    code = format_html(
        '<iframe src="{}" title="{}" width="100%" height="720"></iframe>',
        qr.embed_link(token),
        title,
    )
    return str.__str__(code)
