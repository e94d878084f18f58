"""Publishing a small form as its author does, and answering it as a patient's browser does."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client

from keepwell.products.forms.actions.authoring import publish as publish_form
from keepwell.products.forms.actions.authoring import upload
from keepwell.products.forms.actions.links import token_of
from keepwell.products.forms.models import Form, FormLink
from keepwell.products.forms.versions import compiled_working, default_columns, marks_stored
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer, ViewerKind
from tests.people import SAFARI, Clinic, browser

INTAKE: dict[str, Any] = {
    "resourceType": "Questionnaire",
    "status": "active",
    "title": "New patient intake",
    "item": [
        {
            "linkId": "you",
            "type": "group",
            "text": "About you",
            "item": [
                {"linkId": "name", "type": "string", "text": "Full name", "required": True},
                {"linkId": "born", "type": "date", "text": "Date of birth", "required": True},
                {"linkId": "email", "type": "string", "text": "E-mail address"},
            ],
        },
        {
            "linkId": "health",
            "type": "group",
            "text": "Your health",
            "item": [
                {
                    "linkId": "smoke",
                    "type": "boolean",
                    "text": "Do you smoke?",
                    "required": True,
                },
                {
                    "linkId": "cigarettes",
                    "type": "integer",
                    "text": "How many a day?",
                    "required": True,
                    "enableWhen": [{"question": "smoke", "operator": "=", "answerBoolean": True}],
                },
            ],
        },
        {"linkId": "letter", "type": "attachment", "text": "Add a letter if you have one"},
    ],
}

ABOUT_PAT = {
    "Full name": "Pat Whitfield",
    "Date of birth": "1951-03-09",
    "E-mail address": "pat@example.org",
}


def author(clinic: Clinic) -> Viewer:
    """Return Ada as a viewer, for acts that are not the subject of a test."""
    return Viewer(
        kind=ViewerKind.MEMBER,
        organisation=clinic.organisation.id,
        actor=clinic.owner.user.pk,
        role="owner",
    )


def publish(clinic: Clinic, document: dict[str, Any] | None = None) -> str:
    """Upload and publish a form; return its link's token."""
    viewer = author(clinic)
    form = upload(viewer, raw=json.dumps(document or INTAKE).encode())
    marks = compiled_working(form).marks
    publish_form(viewer, form_id=form.pk, marks=marks_stored(marks), columns=default_columns(marks))
    return token_for(clinic, form)


def token_for(clinic: Clinic, form: Form) -> str:
    """Return the newest token of a form."""
    with wall.reading(clinic.organisation.id):
        return token_of(FormLink.objects.filter(form=form).order_by("-pk")[0])


@dataclass
class Patient:
    """Pat at a form: types into labelled inputs and presses buttons, page by page."""

    token: str
    client: Client = field(default_factory=lambda: browser(agent=SAFARI, address="203.0.113.5"))
    page: Any = None

    @property
    def path(self) -> str:
        return f"/f/{self.token}/"

    def open(self, path: str = "") -> str:
        """Open an address of the form; return the page's text."""
        self.page = self.client.get(path or self.path, follow=True)
        return self.text

    @property
    def text(self) -> str:
        return str(self.page.content.decode())

    def begin(self) -> str:
        """Press "Start now"."""
        return self.post(self.path)

    def post(self, path: str, data: dict[str, Any] | None = None) -> str:
        """Send a form and follow where it leads."""
        self.page = self.client.post(path, data or {}, follow=True)
        return self.text

    @property
    def here(self) -> str:
        """The address of the page that is open now."""
        chain = getattr(self.page, "redirect_chain", [])
        return str(chain[-1][0] if chain else self.page.request["PATH_INFO"])

    def answer(self, answers: dict[str, str], act: str = "continue", **files: Any) -> str:
        """Type answers into the page by the words of their questions, and press a button."""
        data: dict[str, Any] = {"act": act}
        for label, value in answers.items():
            data |= self._typed(label, value)
        return self.post(self.here, data | files)

    def _typed(self, label: str, value: str) -> dict[str, str]:
        name = self.name_of(label)
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            year, month, day = value.split("-")
            return {f"{name}-year": year, f"{name}-month": month, f"{name}-day": day}
        return {name: value}

    def name_of(self, label: str) -> str:
        """Return the name of the first input after these words."""
        at = self.text.index(label)
        found = re.search(r'name="(f\d+[_0-9]*)', self.text[at:])
        assert found, f"no input after {label}"
        return found[1]

    def fill(self, name: str = ABOUT_PAT["Full name"]) -> str:
        """Answer every page up to the check page."""
        self.open()
        self.begin()
        self.answer(ABOUT_PAT | {"Full name": name})
        self.answer({"Do you smoke?": "no"})
        return self.answer({})

    def send(self) -> HttpResponse:
        """Press "Send" on the check page; return the page with the reference."""
        self.post(f"{self.path}send/")
        return self.page  # type: ignore[no-any-return]


def reference_in(text: str) -> str:
    """Return the reference a page shows."""
    found = re.search(r"KW-[0-9A-Z]{4}-[0-9A-Z]{4}", text)
    assert found, "no reference on the page"
    return found[0]
