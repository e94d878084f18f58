"""The gallery: what axe runs over and what pictures are made of. Shows invented people only."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from keepwell.safeguards.access.declarations import open_to_all
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.shell import bundles, error_words, errors, menu, trail_state
from keepwell.shell.sessions import Session
from keepwell.shell.trail_lines import Line
from keepwell.toolkit import clock

_REASON = "development only: shows components with invented people"

COLOURS = (
    "bg",
    "surface",
    "sunken",
    "text",
    "muted",
    "border",
    "control",
    "accent",
    "accent-strong",
    "accent-tint",
    "focus",
    "danger",
    "success",
    "warning",
    "info",
    "sealed",
)


class Example(forms.Form):
    """Fields of every kind the components know."""

    name = forms.CharField(label="Name", widget=forms.TextInput(attrs={"autocomplete": "off"}))
    code = forms.CharField(label="ZIP code", help_text="Five digits", max_length=5)
    range = forms.GenericIPAddressField(label="Range")
    state = forms.ChoiceField(label="State", choices=[("a", "Published"), ("b", "Draft")])
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 2}), required=False)
    expected = forms.ChoiceField(
        label="Was this access expected?",
        help_text="Ask if you are not sure",
        widget=forms.RadioSelect,
        choices=[("y", "Yes"), ("n", "Not sure, ask Ben")],
    )
    told = forms.BooleanField(label="Tell me next time", help_text="By e-mail", required=False)


def clinic() -> Organisation:
    """Return an invented clinic that is in no database."""
    return Organisation(
        id=UUID(int=1),
        name="Riverside Clinic",
        telephone="503-555-0142",
        hours="Weekdays 8 am to 5 pm",
        time_zone="America/Los_Angeles",
        emergency_sentence="In an emergency call 911. If you think of harming yourself call 988.",
    )


class _Frame:
    """What the frame shows when Ada is signed in."""

    home_url = "/gallery/"
    sign_out_url = "/gallery/"
    account_url = "/gallery/"
    is_account = False
    user_name = "Ada Moreno"
    initials = "AM"
    idle_minutes = 15
    session = Session("gallery", "", 900, 43_200)
    session_url = "/session/"
    stay_url = "/session/stay/"
    sign_in_url = "/gallery/narrow/"
    trail = trail_state.Words("Trail whole, checked 09:40", "proof", "", "/gallery/")
    menu = (
        menu.Group(
            "",
            [
                menu.Item("Home", "/gallery/", "home", is_current=False),
                menu.Item("Inbox", "/gallery/", "inbox", is_current=True),
            ],
        ),
        menu.Group("Work", [menu.Item("Forms", "/gallery/", "form", is_current=False)]),
        menu.Group(
            "Safeguards",
            [
                menu.Item("Trail", "/gallery/", "trail", is_current=False),
                menu.Item("Settings", "/gallery/", "sliders", is_current=False),
            ],
        ),
    )


def _lines() -> list[Line]:
    now = clock.now()
    patient = {"hand": ("A patient",), "is_own": True, "deed": "answered a page of a form"}
    told: list[tuple[str, str, str, str, str, int, dict[str, Any]]] = [
        ("lock-open", "sealed", "You", "opened 10 answers", "Care: visit of today", 4, {}),
        ("error", "danger", "Theo Brandt", "was refused", "Technicians may not open forms", 10, {}),
        ("key", "warning", "Ben Okafor", "raised his access", "Covering the front desk", 60, {}),
        ("pen", "", "A patient", "answered a page of a form", "From a phone", 75, patient),
        ("pen", "", "A patient", "answered a page of a form", "From a phone", 79, patient),
    ]
    return [
        Line(
            index=index,
            moment=now - timedelta(minutes=minutes),
            icon=icon,
            tone=tone,
            who=who,
            did=did,
            why=why,
            **more,
        )
        for index, (icon, tone, who, did, why, minutes, more) in enumerate(told)
    ]


def _context() -> dict[str, Any]:
    wrong = Example({"name": "Ada", "code": "97", "range": "203.0.113.300", "state": "a"})
    wrong.is_valid()
    return {
        "organisation": clinic(),
        "frame": _Frame(),
        "colours": COLOURS,
        "icons": sorted(bundles.icon_names()),
        "form": Example(auto_id="blank_%s"),
        "wrong": wrong,
        "facts": [("Version", "7, English"), ("Kept in", "Portland, Oregon")],
        "lines": _lines(),
        "now": clock.now(),
        "days": [(1, "Last day"), (7, "Last 7 days"), (30, "Last 30 days")],
        "yesterday": clock.now() - timedelta(days=1),
        "options": [("d", "Every day"), ("s", "Some days", "Less than once a day"), ("n", "Never")],
        "typed": {"day": "9", "month": "3", "year": "1951"},
        "act": "Withdraw the code",
        "keep": "Keep it",
        "keep_url": "/gallery/",
        "mistakes": [("phone", "Your phone number is two digits short")],
    }


@open_to_all(_REASON)
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component of the staff frame."""
    return render(request, "shell/gallery/components.html", _context())


@open_to_all(_REASON)
@require_safe
def patient(request: HttpRequest) -> HttpResponse:
    """Show the components of patients' pages at reading size."""
    return render(request, "shell/gallery/patient.html", _context())


@open_to_all(_REASON)
@require_safe
def narrow(request: HttpRequest) -> HttpResponse:
    """Show the one-column frame."""
    return render(request, "shell/gallery/narrow.html", _context())


@open_to_all(_REASON)
@require_safe
def confirm(request: HttpRequest) -> HttpResponse:
    """Show the page that asks before what cannot be undone."""
    return render(request, "shell/gallery/confirm.html", _context())


@open_to_all(_REASON)
@require_safe
def error(request: HttpRequest, key: str) -> HttpResponse:
    """Show an error page: a status or "csrf", with "public" before it in the patients' voice."""
    name = key.removeprefix("public-")
    if name != "csrf" and name not in map(str, error_words.STATUSES):
        raise Http404
    words = error_words.words_of(name if name == "csrf" else int(name))
    request.organisation = clinic()  # type: ignore[attr-defined]  # as a patient's view would
    if key != name:
        request.path_info = "/f/"
    return errors.page(request, words.status, words)
