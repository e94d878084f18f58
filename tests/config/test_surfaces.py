"""Patients and staff at two addresses: what is here for one is not there for the other."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import Resolver404, resolve
from pytest_django import Settings

from keepwell.config import surfaces
from keepwell.shell import doors
from keepwell.shell.doors import Door
from tests.serving import free_port, installation, serving

PATIENTS, STAFF = "https://forms.clinic.example", "https://staff.clinic.example:8443"
PATIENT_PATH, STAFF_PATH = "/f/00000/", "/sign-in/"
SHARED_PATH = "/logo/00000000-0000-0000-0000-000000000001/0123456789abcdef.png"
LETTER_PATH = "/unsubscribe/of-any-letter/"
IsHere = Callable[[str, str], bool]


@pytest.fixture
def is_here(settings: Settings) -> IsHere:
    """Say whether an address is left as it is at a host."""
    settings.KEEPWELL_PUBLIC_URL, settings.KEEPWELL_STAFF_URL = PATIENTS, STAFF
    settings.ALLOWED_HOSTS = ["*"]
    return lambda path, host: resolved(path, {"HTTP_HOST": host}) == path


def resolved(path: str, environ: dict[str, Any]) -> str:
    """Return the address that views are looked for at."""
    seen: list[str] = []

    def look(request: HttpRequest) -> HttpResponse:
        seen.append(request.path_info)
        return HttpResponse()

    request = RequestFactory().get(path)
    request.META |= environ
    surfaces.SurfaceMiddleware(look)(request)
    return seen[0]


@pytest.mark.parametrize("host", ["forms.clinic.example", "forms.clinic.example:443"])
def test_patients_find_their_pages_and_no_others(is_here: IsHere, host: str) -> None:
    assert is_here(PATIENT_PATH, host)
    assert not is_here(STAFF_PATH, host)
    assert is_here(SHARED_PATH, host)
    assert is_here(LETTER_PATH, host)


def test_staff_find_their_pages_and_no_others(is_here: IsHere) -> None:
    assert is_here(STAFF_PATH, "staff.clinic.example:8443")
    assert not is_here(PATIENT_PATH, "staff.clinic.example:8443")
    assert is_here(SHARED_PATH, "staff.clinic.example:8443")
    assert is_here(LETTER_PATH, "staff.clinic.example:8443")


def test_another_port_is_another_address(is_here: IsHere) -> None:
    assert not is_here(STAFF_PATH, "staff.clinic.example")


def test_one_address_has_every_page(is_here: IsHere, settings: Settings) -> None:
    settings.KEEPWELL_STAFF_URL = PATIENTS
    assert is_here(STAFF_PATH, "forms.clinic.example")
    assert is_here(PATIENT_PATH, "forms.clinic.example")


def test_an_address_without_its_slash_tells_nothing_either(is_here: IsHere) -> None:
    assert not is_here(STAFF_PATH.rstrip("/"), "forms.clinic.example")
    assert is_here(STAFF_PATH.rstrip("/"), "staff.clinic.example:8443")


@pytest.mark.parametrize("path", [surfaces.NOWHERE, f"{surfaces.NOWHERE}/"])
def test_nothing_is_found_where_the_other_door_leads(path: str) -> None:
    with pytest.raises(Resolver404):
        resolve(path)


@pytest.mark.parametrize("host", ["forms.clinic.example", "staff.clinic.example:8443"])
@pytest.mark.parametrize(
    ("door", "mine"), [(Door.PATIENTS, PATIENT_PATH), (Door.STAFF, STAFF_PATH)]
)
def test_the_socket_decides_whatever_host_is_asked_for(
    settings: Settings, door: Door, mine: str, host: str
) -> None:
    settings.KEEPWELL_PUBLIC_URL, settings.KEEPWELL_STAFF_URL = PATIENTS, STAFF
    settings.ALLOWED_HOSTS = ["*"]
    environ = {"HTTP_HOST": host, "asgi.scope": doors.entered({}, door)}
    found = {path for path in (PATIENT_PATH, STAFF_PATH) if resolved(path, environ) == path}
    assert found == {PATIENT_PATH if door is Door.PATIENTS else STAFF_PATH}


def test_a_header_cannot_say_at_which_door_it_came_in(is_here: IsHere) -> None:
    named = {"HTTP_KEEPWELL.DOOR": "staff", "HTTP_ASGI_SCOPE": "{}", "keepwell.door": "staff"}
    assert resolved(STAFF_PATH, {"HTTP_HOST": "forms.clinic.example", **named}) == surfaces.NOWHERE


def test_the_sign_in_page_of_a_real_server_is_at_the_staff_address_only(tmp_path: Path) -> None:
    port = free_port()
    hosts = f"forms.example:{port}", f"staff.example:{port}"
    home, (public, staff) = installation(tmp_path / "home"), (f"https://{host}" for host in hosts)
    urls = {"KEEPWELL_PUBLIC_URL": public, "KEEPWELL_STAFF_URL": staff}
    with serving(home, KEEPWELL_PORT=str(port), **urls) as served:
        request = "GET /sign-in/ HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n"
        answers = [served.ask(request.format(host).encode()) for host in (*hosts, "localhost")]
    assert [answer.split(b" ", 2)[1] for answer in answers] == [b"404", b"200", b"400"]
