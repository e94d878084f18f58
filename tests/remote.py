"""A browser of a real server: keeps cookies, follows redirects, says where its forms come from.

It answers to what tests use of Django's test client, so that `Patient` fills in forms through it.
Every request has a connection of its own: a server that was killed meanwhile breaks one request,
never a kept connection.
"""

import http.client
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.people import FIREFOX, SAFARI
from tests.products.forms.pages.patients import Patient
from tests.serving import PATIENCE_SECONDS, Demo, Served

MOST_REDIRECTS = 8
CSRF_COOKIE = "__Host-keepwell-csrf"


@dataclass(frozen=True)
class Answer:
    """What came back at the end of a chain of redirects."""

    status_code: int
    headers: http.client.HTTPMessage
    content: bytes
    path: str
    redirect_chain: list[tuple[str, int]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Return the page."""
        return self.content.decode()

    @property
    def request(self) -> dict[str, str]:
        """Return which address answered, as Django's test client says it."""
        return {"PATH_INFO": self.path}


@dataclass
class Remote:
    """One browser with its cookies."""

    served: Served
    agent: str = FIREFOX
    cookies: SimpleCookie = field(default_factory=SimpleCookie)

    def get(self, path: str, *, follow: bool = True) -> Answer:
        """Ask for a page."""
        return self._until_page("GET", path, b"", "", follow=follow)

    def post(
        self, path: str, data: Mapping[str, Any] | None = None, *, follow: bool = True
    ) -> Answer:
        """Send a form of ours, with its token."""
        token = self.cookies.get(CSRF_COOKIE)
        given = dict(data or {}) | ({"csrfmiddlewaretoken": token.value} if token else {})
        body, kind = encoded(given)
        return self._until_page("POST", path, body, kind, follow=follow)

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Answer:
        """Send one request as it is."""
        connection = http.client.HTTPSConnection(
            "localhost", self.served.port, context=self.served.tls(), timeout=PATIENCE_SECONDS
        )
        try:
            connection.request(method, path, body or None, self._headers(kind))
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies.load(line)
        for name in [name for name, one in self.cookies.items() if one["max-age"] == "0"]:
            del self.cookies[name]
        return Answer(answer.status, answer.headers, content, urlsplit(path).path)

    def _headers(self, kind: str) -> dict[str, str]:
        cookies = "; ".join(f"{name}={one.value}" for name, one in self.cookies.items())
        headers = {"User-Agent": self.agent, "Origin": self.served.url, "Cookie": cookies}
        return headers | ({"Content-Type": kind} if kind else {})

    def _until_page(
        self, method: str, path: str, body: bytes, kind: str, *, follow: bool
    ) -> Answer:
        answer, chain = self.ask(method, path, body, kind), []
        while follow and answer.status_code == 302:
            path = urljoin(path, answer.headers["Location"])
            chain.append((path, 302))
            assert len(chain) <= MOST_REDIRECTS, chain
            answer = self.ask("GET", path)
        return Answer(
            answer.status_code, answer.headers, answer.content, urlsplit(path).path, chain
        )


def encoded(given: Mapping[str, Any]) -> tuple[bytes, str]:
    """Return a form as a browser encodes it: in parts as soon as there is a file."""
    listed = [
        (name, one)
        for name, value in given.items()
        for one in (value if isinstance(value, list) else [value])
    ]
    if not any(isinstance(one, SimpleUploadedFile) for _, one in listed):
        return urlencode(listed).encode(), "application/x-www-form-urlencoded"
    boundary = uuid.uuid4().hex
    body = b"".join(_part(boundary, name, one) for name, one in listed)
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def _part(boundary: str, name: str, value: Any) -> bytes:
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
    if not isinstance(value, SimpleUploadedFile):
        return f"{head}\r\n\r\n{value}\r\n".encode()
    head += f'; filename="{value.name}"\r\nContent-Type: {value.content_type}\r\n\r\n'
    content: bytes = value.read()
    return head.encode() + content + b"\r\n"


def publish(author: Remote, document: dict[str, Any], marks: dict[str, Any]) -> str:
    """Upload and publish a form as its author does; return the path of its link."""
    definition = SimpleUploadedFile("form.json", json.dumps(document).encode())
    author.get("/forms/upload/")
    previewed = author.post("/forms/upload/", {"definition": definition})
    shown = author.post(f"/forms/{previewed.path.split('/')[2]}/publish/", marks)
    found = re.search(r"/f/[0-9A-Z]{26}/", shown.text)
    assert found, shown.text
    return found[0]


def patient(demo: Demo, link: str = "") -> Patient:
    """Open a patient's browser at a link, or at the demonstration's form."""
    path = urlsplit(link or demo.said["forms"][0]["link"]).path
    client: Any = Remote(demo.served, agent=SAFARI)
    return Patient(path.strip("/").rpartition("/")[2], client=client)


def staff(demo: Demo, name: str) -> Remote:
    """Sign somebody of the demonstration in, with both steps."""
    from keepwell.safeguards.identity import second_factor  # noqa: PLC0415  needs the settings

    account, client = demo.account(name), Remote(demo.served)
    client.get("/sign-in/")
    client.post("/sign-in/", {"email": account["email"], "password": account["password"]})
    for _ in range(2):  # the half-minute may end between two lines
        code = second_factor.code_at(account["totp_secret"], second_factor.current_counter())
        answer = client.post("/sign-in/code/", {"code": code})
        if answer.path == "/":
            return client
    raise AssertionError(answer.text)
