"""Components as template tags: `{% load shell %}`; each has an exhibit in the gallery."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import forms, template
from django.forms import BoundField
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from keepwell.safeguards.tenancy.models import Organisation
from keepwell.shell import bundles, moments, trail_folds
from keepwell.shell.trail_lines import Line
from keepwell.toolkit import clock
from keepwell.toolkit.identifiers import uuid7

register = template.Library()

POINTING = frozenset({"left", "out", "redo", "reply", "right", "send", "undo"})
"""Icons that point along the line of reading, and so turn round where that runs right to left."""
PIXELS = {"s": 16, "": 20, "l": 28}
NOTICE_ICONS = {
    "success": "done",
    "info": "info",
    "warning": "warning",
    "danger": "error",
    "sealed": "lock-open",
}
CHOSEN = SafeString(" selected")
PROOF_ICONS = {"proven": "proof", "waiting": "wait", "broken": "error"}


def _part(component: str, /, **context: Any) -> SafeString:
    return render_to_string(f"shell/components/{component}.html", context)


def svg(name: str, *, size: str = "", tone: str = "", surface: str = "") -> SafeString:
    """Return an icon from the sprite; sized by attributes too, for browsers that skip our CSS."""
    is_small = surface == "patient" and name in bundles.PATIENT_ICONS
    return _drawn(name, size, tone, static(bundles.PATIENT_SPRITE if is_small else bundles.SPRITE))


@lru_cache(maxsize=512)
def _drawn(name: str, size: str, tone: str, sprite: str) -> SafeString:
    turns = "turns" if name in POINTING else ""
    classes = " ".join(filter(None, ("icon", size, tone, turns)))
    return format_html(
        '<svg class="{}" width="{}" height="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        classes,
        PIXELS[size],
        PIXELS[size],
        sprite,
        name,
    )


@register.simple_tag(takes_context=True)
def icon(context: Context, name: str, size: str = "", tone: str = "") -> SafeString:
    """Show an icon, always beside a word or inside a button that has a name."""
    return svg(name, size=size, tone=tone, surface=str(context.get("surface", "")))


@register.simple_block_tag(takes_context=True)
def notice(
    context: Context, content: SafeString, tone: str = "", icon: str = "", role: str = ""
) -> SafeString:
    """Say a fact about this page, once, above what it concerns; at most two a page."""
    return format_html(
        '<div class="notice {}"{}>{}<div>{}</div></div>',
        tone,
        format_html(' role="{}"', role) if role else "",
        svg(icon or NOTICE_ICONS.get(tone, "info"), surface=str(context.get("surface", ""))),
        content,
    )


@register.filter
def notice_tone(level: str) -> str:
    """Turn a level of Django's messages into a tone of ours."""
    return {"error": "danger", "debug": "info"}.get(level, level)


@register.simple_tag(takes_context=True)
def chip(context: Context, label: Any, tone: str = "", icon: str = "") -> SafeString:
    """Say one state in one to three words, with icon and colour saying the same."""
    picture = svg(icon, surface=str(context.get("surface", ""))) if icon else ""
    return format_html('<span class="chip {}">{}{}</span>', tone, picture, label)


@register.simple_tag
def button(
    label: Any, kind: str = "", icon: str = "", name: str = "", value: str = ""
) -> SafeString:
    """Show a button that sends its form; kinds: quiet, danger, plain, sealing, full."""
    return format_html(
        '<button class="{}" type="submit"{}>{}{}</button>',
        f"button {kind}".strip(),
        format_html(' name="{}" value="{}"', name, value) if name else "",
        svg(icon) if icon else "",
        label,
    )


@register.simple_tag
def once() -> SafeString:
    """Let a form that has only a button be recognised when it is sent twice (`shell.once`)."""
    return format_html('<input type="hidden" name="once" value="{}">', uuid7())


@register.simple_tag(takes_context=True)
def link_button(
    context: Context, url: str, label: Any, kind: str = "", icon: str = ""
) -> SafeString:
    """Show a link that looks like a button, for the way on."""
    picture = svg(icon, surface=str(context.get("surface", ""))) if icon else ""
    classes = f"button {kind}".strip()
    return format_html('<a class="{}" href="{}">{}{}</a>', classes, url, picture, label)


@register.simple_tag
def sealed_value(label: Any = "") -> SafeString:
    """Stand for what is not opened; one width, so that it tells nothing of the length."""
    return _part("sealed_value", label=label)


@register.simple_tag(takes_context=True)
def opened_note(context: Context, opened: datetime | str) -> SafeString:
    """Say beside opened values who opened them, when (a moment or words), that it is recorded."""
    when = moment(context, opened, "clock") if isinstance(opened, datetime) else opened
    return _part("opened_note", moment=when)


@register.simple_block_tag
def panel(content: SafeString, title: Any = "", id: str = "", note: Any = "") -> SafeString:
    """Box a thing with a head; rows, a body or a table go inside. The only box there is."""
    return _part("panel", content=content, title=title, id=id, note=note)


@register.simple_tag
def facts(rows: Iterable[Sequence[Any]], *, is_wide: bool = False) -> SafeString:
    """List many facts about one thing: pairs of term and value."""
    return _part("facts", rows=rows, is_wide=is_wide)


@register.simple_tag
def options(pairs: Iterable[tuple[Any, Any]], chosen: Any = "") -> SafeString:
    """List what a select offers: pairs of value and words; `chosen` is the value that is taken."""
    taken = "" if chosen is None else str(chosen)
    rows = ((value, CHOSEN if str(value) == taken else "", words) for value, words in pairs)
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


@register.simple_tag
def crumbs(*parts: Any) -> SafeString:
    """Show the way here: url, label, url, label, …, and the label of this page last."""
    links = list(zip(parts[:-1:2], parts[1:-1:2], strict=True))
    return _part("crumbs", links=links, here=parts[-1])


@register.simple_tag
def pager(words: Any, newer: str = "", older: str = "", back: Any = "", on: Any = "") -> SafeString:
    """End a table: what is shown, and the way to newer and older rows, in other words if given."""
    return _part("pager", words=words, newer=newer, older=older, back=back, on=on)


@register.simple_tag(takes_context=True)
def timeline(context: Context, lines: Iterable[Line]) -> SafeString:
    """List what happened under its days, newest first; neighbours that belong together fold."""
    days = trail_folds.days_of(lines, zone_of(context))
    return _part("timeline", days=days, organisation=context.get("organisation"))


@register.simple_tag
def proof(state: str, label: Any) -> SafeString:
    """Stand beside what was verified, and only there: proven, waiting or broken."""
    return _part("proof", state=state, label=label, icon=PROOF_ICONS[state])


@register.simple_tag
def empty(icon: str, title: Any, words: Any, url: str = "", label: Any = "") -> SafeString:
    """Say why a place is empty, what fills it, and one way on."""
    return _part("empty", icon=icon, title=title, words=words, url=url, label=label)


@register.simple_tag
def progress(words: Any, value: int, most: int, id: str = "progress") -> SafeString:
    """Say how far one is, in words and as a bar."""
    return _part("progress", words=words, value=value, most=most, id=id)


@register.simple_tag
def copy(value: str, label: Any, id: str = "copy") -> SafeString:
    """Show a text to take along; the button appears where the browser can copy."""
    return _part("copy", value=value, label=label, id=id)


def zone_of(context: Context) -> tzinfo:
    """Return the organisation's time zone, or the current one on pages that belong to none."""
    organisation = context.get("organisation")
    name = getattr(organisation, "time_zone", "") if organisation else ""
    return ZoneInfo(name) if name else timezone.get_current_timezone()


@register.simple_tag(takes_context=True)
def moment(context: Context, value: datetime | None, how: str = "short") -> SafeString | str:
    """Show a time in the organisation's zone, short, with the exact one on hover."""
    if value is None:
        return ""
    zone = zone_of(context)
    is_working = context.get("surface") != "patient"
    words = moments.said(
        value, now=clock.now(), zone=zone, style=moments.Style(how), is_working=is_working
    )
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.astimezone(zone).isoformat(timespec="seconds"),
        moments.exact(value, zone, is_working=is_working),
        words,
    )


@register.filter
def mail_address(address: Any) -> Any:
    """Show an e-mail address that breaks before its @ where it must break."""
    name, at, host = str(address or "").rpartition("@")
    return format_html("{}<wbr>{}{}", name, at, host) if at else address


@register.simple_tag
def day(value: date | None) -> SafeString | str:
    """Show a date (a birth date, a visit) in words, by locale."""
    if value is None:
        return ""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), moments.day_of(value))


@register.simple_tag(takes_context=True)
def telephone(context: Context, number: str, *, is_large: bool = False) -> SafeString:
    """Show a number as a link that calls it; at least 44 px high."""
    kept = "".join(sign for sign in number if sign.isdigit() or sign == "+")
    picture = svg("call", surface=str(context.get("surface", ""))) if is_large else ""
    classes = "call large" if is_large else "call"
    return format_html('<a class="{}" href="tel:{}">{}{}</a>', classes, kept, picture, number)


@register.simple_tag
def clinic_mark(organisation: Organisation) -> SafeString | str:
    """Show the clinic's logo if it has one; its name stands beside it, so the picture is silent."""
    logo = bytes(organisation.logo or b"")
    digest = hashlib.sha256(logo).hexdigest()[:16] if logo else ""
    return _part("clinic_mark", organisation=organisation, digest=digest)


@register.simple_tag(takes_context=True)
def error_line(context: Context, id: str, message: Any) -> SafeString:
    """Say what is wrong with an answer and what would be right, at the answer."""
    return _part("error_line", id=id, message=message, surface=context.get("surface", ""))


@register.simple_tag(takes_context=True)
def error_summary(context: Context, errors: Any, level: int = 2) -> SafeString | str:
    """Say at the top what needs another look; takes a bound form or pairs of field id and words."""
    lines = _lines_of(errors) if isinstance(errors, forms.BaseForm) else list(errors)
    if not lines:
        return ""
    said = {"lines": lines, "count": len(lines), "level": level}
    return _part("error_summary", **said, surface=context.get("surface", ""))


def _lines_of(form: forms.BaseForm) -> list[tuple[str, Any]]:
    lines: list[tuple[str, Any]] = [("", words) for words in form.non_field_errors()]
    for bound in form:
        lines += [(_first_id(bound), words) for words in bound.errors]
    return lines


def _first_id(bound: BoundField) -> str:
    """Return the id of the control to go to: of several, the first."""
    return bound.id_for_label or f"{bound.auto_id}_0"


@register.simple_tag(takes_context=True)
def field(context: Context, bound: BoundField, size: str = "") -> SafeString:
    """Show a field of a Django form: label, hint, error, control; sizes c2 c4 c6 c10 c20."""
    widget = bound.field.widget
    is_choice = isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    is_tick = isinstance(widget, forms.CheckboxInput)
    control = "" if is_choice else bound.as_widget(attrs=_attributes(bound, size, is_tick=is_tick))
    kind = "choices" if is_choice else "tick" if is_tick else "field"
    return _part(
        f"form_{kind}",
        bound=bound,
        control=control,
        error_id=f"{bound.auto_id}_error",  # the id that Django describes the control by
        surface=context.get("surface", ""),
    )


def _attributes(bound: BoundField, size: str, *, is_tick: bool) -> dict[str, Any]:
    own = str(bound.field.widget.attrs.get("class", ""))
    return {} if is_tick else {"class": " ".join(filter(None, ("input", own, size)))}


@register.simple_block_tag(takes_context=True)
def answer(
    context: Context,
    content: SafeString,
    id: str,
    label: Any,
    hint: Any = "",
    error: Any = "",
) -> SafeString:
    """Frame a control that a template writes itself, described by {id}_helptext, {id}_error."""
    surface = context.get("surface", "")
    return _part(
        "answer", content=content, id=id, label=label, hint=hint, error=error, surface=surface
    )


@register.simple_tag
def choices(
    name: str,
    options: Iterable[Sequence[Any]],
    chosen: Iterable[Any] = (),
    *,
    is_many: bool = False,
    id: str = "",
) -> SafeString:
    """Offer whole rows to choose: options are (value, label) or (value, label, hint)."""
    kept = {str(value) for value in chosen}
    rows = [(*option, "")[:3] for option in options]
    listed = [(value, label, hint, str(value) in kept) for value, label, hint in rows]
    return _part("choices", name=name, rows=listed, is_many=is_many, id=id or f"id_{name}")


@register.simple_tag
def date_parts(
    name: str,
    typed: Mapping[str, str],
    *,
    is_birth: bool = False,
    described_by: str = "",
    id: str = "",
) -> SafeString:
    """Ask for a date in three inputs, in the order of the locale; typed has day, month, year."""
    parts = [
        {
            **part,
            "typed": typed.get(part["code"], ""),
            "fill": f"bday-{part['code']}" if is_birth else "",
        }
        for part in moments.date_parts()
    ]
    return _part(
        "date_parts", name=name, parts=parts, described_by=described_by, id=id or f"id_{name}"
    )
