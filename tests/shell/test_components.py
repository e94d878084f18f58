"""Every component renders, escapes what it is given, and is described to those who listen."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory

from keepwell.shell.gallery import views
from keepwell.shell.templatetags import shell as tags
from keepwell.shell.trail_lines import Line
from keepwell.toolkit import clock

EVIL = '<script>alert("1")</script>'
GALLERY = Path(views.__file__).parent.parent / "templates" / "shell" / "gallery"


def render(source: str, **context: Any) -> str:
    return Template("{% load shell %}" + source).render(Context(context))


@pytest.mark.parametrize("view", [views.gallery, views.patient, views.narrow, views.confirm])
def test_the_gallery_renders_whole(stores: Any, view: Any) -> None:
    answer = view(RequestFactory().get("/gallery/"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.rstrip().endswith("</html>")
    assert not re.search(r'\bstyle=|<script(?![^>]* src="/static/)', page)
    assert len(re.findall(r"<h1\b", page)) == 1
    assert sorted(set(ids := re.findall(r' id="([^"]+)"', page))) == sorted(ids)


def test_every_component_has_an_exhibit() -> None:
    shown = "".join(path.read_text() for path in GALLERY.glob("*.html"))
    frames = "".join(path.read_text() for path in GALLERY.parent.glob("*.html"))
    names = [name for name in tags.register.tags if not name.startswith("end")]
    assert [name for name in names if f"{{% {name} " not in shown + frames] == []


@pytest.mark.parametrize(
    "source",
    [
        "{% notice 'info' %}{{ evil }}{% endnotice %}",
        "{% chip evil tone='info' icon='check' %}",
        "<select>{% options evils evil %}</select>",
        "{% button evil %}",
        "{% button evil name=evil value=evil %}",
        "{% link_button evil evil %}",
        "{% sealed_value evil %}",
        "{% opened_note evil %}",
        "{% panel title=evil id='p' note=evil %}{{ evil }}{% endpanel %}",
        "{% facts rows %}",
        "{% crumbs evil evil evil %}",
        "{% pager evil newer=evil older=evil %}",
        "{% proof 'proven' evil %}",
        "{% empty 'inbox' evil evil url=evil label=evil %}",
        "{% progress evil 1 2 %}",
        "{% copy evil evil %}",
        "{% telephone evil is_large=True %}",
        "{% error_line 'e' evil %}",
        "{% error_summary mistakes %}",
        "{% answer id='a' label=evil hint=evil error=evil %}{{ evil }}{% endanswer %}",
        "{% choices 'c' options chosen=evil %}",
        "{% date_parts 'd' typed %}",
        "{% timeline lines %}",
        "{% icon evil %}",
    ],
)
def test_what_a_component_is_given_is_text(source: str) -> None:
    page = render(
        source,
        evil=EVIL,
        evils=[(EVIL, EVIL)],
        rows=[(EVIL, EVIL)],
        mistakes=[(EVIL, EVIL)],
        options=[(EVIL, EVIL, EVIL)],
        typed={"day": EVIL},
        lines=[
            Line(
                index=index,
                moment=clock.now(),
                icon="lock",
                tone="",
                who=EVIL,
                did=EVIL,
                why=f"{EVIL}{index}",
                url=EVIL,
                deed=EVIL,
                hand=(EVIL,),
            )
            for index in range(2)
        ],
    )
    assert not re.search(r'<script(?![^>]* src="/static/)', page)
    assert EVIL not in page
    assert page.strip()


def test_a_button_may_carry_a_value_that_its_form_sends() -> None:
    page = render("{% button 'Go' name='do' value=typed %}", typed="<x>")
    assert ' name="do" value="&lt;x&gt;"' in page
    assert "value" not in render("{% button 'Go' %}")


class Sign(forms.Form):
    """Two fields of Django, one of them wrong."""

    email = forms.EmailField(label="E-mail", help_text="Yours at work")
    answer = forms.ChoiceField(
        widget=forms.RadioSelect, choices=[("y", "Yes"), ("n", "No")], help_text="One of them"
    )
    sure = forms.BooleanField(label="Sure", help_text="Really")
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_field_is_described_by_its_hint_and_its_error() -> None:
    form = Sign({"email": "nonsense"})
    page = render("{% field form.email size='c20' %}", form=form)
    described = re.search(r'<input[^>]*aria-describedby="([^"]+)"', page)
    assert described is not None
    assert described.group(1).split() == ["id_email_helptext", "id_email_error"]
    assert all(f'id="{name}"' in page for name in described.group(1).split())
    assert 'aria-invalid="true"' in page
    assert 'class="input c20"' in page
    assert '<label for="id_email">' in page


def test_choices_of_a_form_are_a_described_group() -> None:
    page = render("{% field form.answer %}", form=Sign({"email": "a@example.org"}))
    assert 'aria-describedby="id_answer_helptext id_answer_error"' in page
    assert '<input type="radio"' in page
    assert '<label for="id_answer_1">No</label>' in page


def test_a_tick_is_described_too() -> None:
    page = render("{% field form.sure %}", form=Sign({}))
    assert 'aria-describedby="id_sure_helptext id_sure_error"' in page
    assert 'id="id_sure_error"' in page


def test_a_hidden_field_has_no_label() -> None:
    assert "<label" not in render("{% field form.token %}", form=Sign())


def test_a_summary_leads_to_the_first_control_of_each_field() -> None:
    page = render("{% error_summary form %}", form=Sign({"email": "nonsense"}))
    assert re.findall(r'href="#([^"]+)"', page) == ["id_email", "id_answer_0", "id_sure"]
    assert "3 answers need another look" in page
    assert 'role="alert"' in page


def test_a_patients_summary_brings_no_script() -> None:
    source = "{% error_summary mistakes %}"
    assert "summary." in render(source, mistakes=[("name", "Give the name.")])
    patients = render(source, mistakes=[("name", "Give the name.")], surface="patient")
    assert "Give the name." in patients
    assert "<script" not in patients


def test_without_mistakes_there_is_no_summary() -> None:
    assert render("{% error_summary form %}", form=Sign()) == ""
    assert render("{% error_summary mistakes %}", mistakes=[]) == ""


def test_an_icon_has_its_size_without_our_style_sheet() -> None:
    assert 'width="16" height="16"' in render('{% icon "lock" size="s" %}')


def test_patients_icons_come_from_the_small_sprite() -> None:
    assert "icons-patient" in render('{% icon "lock" %}', surface="patient")
    assert "icons-patient" not in render('{% icon "lock" %}')
    assert "icons-patient" not in render('{% icon "trail" %}', surface="patient")  # it is not in it


def test_a_moment_is_in_the_clinics_zone_and_exact_on_hover(settings: Any) -> None:
    moment = datetime(2026, 11, 24, 17, 42, 7, tzinfo=UTC)
    page = render("{% moment at how='clock' %}", at=moment, organisation=views.clinic())
    assert 'datetime="2026-11-24T09:42:07-08:00"' in page
    assert 'title="Tuesday, November 24, 2026, 09:42:07 PST"' in page
    assert ">09:42</time>" in page


def test_a_number_can_be_called() -> None:
    page = render("{% telephone number %}", number="+1 (503) 555-0142")
    assert 'href="tel:+15035550142"' in page
    assert "+1 (503) 555-0142</a>" in page


def test_a_page_that_is_a_demo_says_so(stores: Any, settings: Any) -> None:
    for view in (views.gallery, views.patient, views.narrow):
        settings.KEEPWELL_DEMO = True
        assert "Do not enter real people." in view(RequestFactory().get("/")).content.decode()
        settings.KEEPWELL_DEMO = False
        assert "Do not enter real people." not in view(RequestFactory().get("/")).content.decode()
