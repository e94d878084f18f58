"""Every answer carries the security headers: pages, errors of every kind, static files."""

import re
from typing import Any

import pytest
from django.templatetags.static import static
from django.test import Client

from tests.collected import with_collected_static_files

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "font-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
ADDRESSES = [
    "/",
    "/nowhere/",
    "/f/nowhere/",
    "/press/",
    "/logo/00000000-0000-0000-0000-000000000001/abc.png",
    "/static/nothing.css",
    "/%ff/",
    *(f"/fail/{how}/" for how in ("bad", "broken", "denied", "large", "missing", "often", "trail")),
]


@pytest.fixture
def client(stores: Any, settings: Any) -> Client:
    with_collected_static_files(settings)
    settings.ROOT_URLCONF = "tests.shell.routes"
    settings.ALLOWED_HOSTS = ["testserver"]
    return Client(raise_request_exception=False)


def _check(answer: Any) -> None:
    policy = dict(part.split(maxsplit=1) for part in answer["Content-Security-Policy"].split("; "))
    assert policy == POLICY
    assert answer["Strict-Transport-Security"] == "max-age=31536000"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"
    assert "camera=()" in answer["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in answer["Permissions-Policy"]
    assert "Server" not in answer


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_has_the_headers_and_is_never_stored(client: Client, address: str) -> None:
    answer = client.get(address)
    _check(answer)
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["post", "put", "delete", "options", "head", "trace"])
def test_every_method_gets_the_headers(client: Client, method: str) -> None:
    _check(getattr(client, method)("/fail/denied/"))


def test_an_unknown_host_gets_the_headers(client: Client) -> None:
    _check(client.get("/", headers={"host": "evil.example"}))


def test_a_form_without_its_token_gets_the_headers(client: Client) -> None:
    strict = Client(raise_request_exception=False, enforce_csrf_checks=True)
    answer = strict.post("/press/")
    assert answer.status_code == 403
    _check(answer)


def test_static_files_have_the_headers_and_are_kept_for_good(client: Client) -> None:
    answer = client.get(static("shell/patient.css"))
    assert answer.status_code == 200
    _check(answer)
    assert "immutable" in answer["Cache-Control"]
    answer.close()


def test_a_page_that_fails_where_it_is_embedded_can_be_read_there(client: Client) -> None:
    answer = client.get("/e/fail/")
    assert answer.status_code == 404
    assert "frame-ancestors https://clinic.example" in answer["Content-Security-Policy"]


def test_only_the_view_that_says_so_may_be_embedded_and_only_there(client: Client) -> None:
    answer = client.get("/embedded/")
    assert "frame-ancestors https://clinic.example" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    assert re.search(r"default-src 'none'; script-src 'self'", answer["Content-Security-Policy"])
