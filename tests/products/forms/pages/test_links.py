"""Links: withdrawn and expired ones help, framed ones carry the handle in a field."""

import re
from datetime import timedelta

from keepwell.products.forms.actions.links import allow_origins, make_link, revoke_link, token_of
from keepwell.products.forms.models import Form, FormLink
from keepwell.safeguards.tenancy import wall
from keepwell.toolkit import clock
from tests.people import Clinic
from tests.products.forms.pages.patients import ABOUT_PAT, Patient, author, reference_in

SITE = "https://www.ashgrove.example"


def link_of(clinic: Clinic) -> FormLink:
    with wall.reading(clinic.organisation.id):
        found: FormLink = FormLink.objects.get()
    return found


def test_a_withdrawn_link_says_whom_to_call(clinic: Clinic, pat: Patient) -> None:
    revoke_link(author(clinic), link_id=link_of(clinic).pk)
    assert "Ashgrove Clinic has closed this link" in pat.open()
    assert "+1 555 0100" in pat.text
    assert pat.page.status_code == 404
    assert "has closed this link" in pat.begin()


def test_an_expired_link_says_so_and_an_older_one_still_works(clinic: Clinic, pat: Patient) -> None:
    with wall.reading(clinic.organisation.id):
        form = Form.objects.get()
    tomorrow = clock.now() + timedelta(days=1)
    short = Patient(token_of(make_link(author(clinic), form_id=form.pk, expires=tomorrow)))
    assert "Start now" in short.open()
    with clock.moved(2 * 86_400):
        assert "has closed this link" in short.open()
        assert "Start now" in pat.open()


def test_a_link_typed_by_hand_is_read_as_it_was_meant(pat: Patient) -> None:
    spoken = pat.token.replace("1", "l").replace("0", "O").lower()
    assert "Start now" in Patient(spoken).open()


class Framed(Patient):
    """Pat at a form in a frame on the clinic's website."""

    @property
    def path(self) -> str:
        return f"/e/{self.token}/"

    held: str = ""

    def post(self, path: str, data: dict[str, str] | None = None) -> str:
        found = re.search(r'name="handle" value="([^"]+)"', self.text)
        self.held = found[1] if found else self.held
        self.page = self.client.post(path, {"handle": self.held, **(data or {})})
        return self.text

    @property
    def here(self) -> str:
        form = re.search(r'class="question" method="post" action="([^"]+)"', self.text)
        assert form
        return form[1]


def test_a_framed_form_sets_no_cookie_and_names_its_sites(clinic: Clinic, pat: Patient) -> None:
    allow_origins(author(clinic), link_id=link_of(clinic).pk, origins=(SITE,))
    framed = Framed(pat.token)
    framed.open()
    assert f"frame-ancestors {SITE}" in framed.page.headers["Content-Security-Policy"]
    framed.begin()
    framed.answer(ABOUT_PAT)
    framed.answer({"Do you smoke?": "no"})
    framed.answer({})
    assert "Check your answers" in framed.text
    reference = reference_in(framed.post(f"{framed.path}send/"))
    assert not framed.client.cookies
    assert reference_in(framed.post(f"{framed.path}send/")) == reference


def test_a_form_on_our_own_site_is_framed_by_nobody(pat: Patient) -> None:
    pat.open()
    assert "frame-ancestors 'none'" in pat.page.headers["Content-Security-Policy"]


def test_a_framed_form_ignores_a_made_up_handle(pat: Patient) -> None:
    framed = Framed(pat.token)
    framed.open()
    framed.post(f"{framed.path}1/", {"handle": "A" * 43, "act": "continue"})
    assert "Begin anew" in framed.text
