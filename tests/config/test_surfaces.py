"""Patients and staff at two addresses: what is here for one is not there for the other."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from keepwell.config import surfaces
from tests.serving import free_port, installation, serving

PATIENTS, STAFF = "https://forms.clinic.example", "https://staff.clinic.example:8443"
View = Callable[[HttpRequest], HttpResponse]


def patient_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def staff_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def shared_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@pytest.fixture
def is_here(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Callable[[View, str], bool]:
    """Say whether a view is found at a host."""
    settings.KEEPWELL_PUBLIC_URL, settings.KEEPWELL_STAFF_URL = PATIENTS, STAFF
    settings.ALLOWED_HOSTS = ["*"]
    sets = (frozenset({patient_page}), frozenset({staff_page}))
    monkeypatch.setattr(surfaces, "_views", lambda: sets)
    middleware = surfaces.SurfaceMiddleware(shared_page)

    def found(view: View, host: str) -> bool:
        request = RequestFactory().get("/", headers={"host": host})
        try:
            middleware.process_view(request, view, (), {})
        except Http404:
            return False
        return True

    return found


@pytest.mark.parametrize("host", ["forms.clinic.example", "forms.clinic.example:443"])
def test_patients_find_their_pages_and_no_others(
    is_here: Callable[[View, str], bool], host: str
) -> None:
    assert is_here(patient_page, host)
    assert not is_here(staff_page, host)
    assert is_here(shared_page, host)


def test_staff_find_their_pages_and_no_others(is_here: Callable[[View, str], bool]) -> None:
    assert is_here(staff_page, "staff.clinic.example:8443")
    assert not is_here(patient_page, "staff.clinic.example:8443")
    assert is_here(shared_page, "staff.clinic.example:8443")


def test_another_port_is_another_address(is_here: Callable[[View, str], bool]) -> None:
    assert not is_here(staff_page, "staff.clinic.example")


def test_one_address_has_every_page(
    is_here: Callable[[View, str], bool], settings: Settings
) -> None:
    settings.KEEPWELL_STAFF_URL = PATIENTS
    assert is_here(staff_page, "forms.clinic.example")
    assert is_here(patient_page, "forms.clinic.example")


def test_the_sign_in_page_of_a_real_server_is_at_the_staff_address_only(tmp_path: Path) -> None:
    port = free_port()
    hosts = f"forms.example:{port}", f"staff.example:{port}"
    home, (public, staff) = installation(tmp_path / "home"), (f"https://{host}" for host in hosts)
    urls = {"KEEPWELL_PUBLIC_URL": public, "KEEPWELL_STAFF_URL": staff}
    with serving(home, KEEPWELL_PORT=str(port), **urls) as served:
        request = "GET /sign-in/ HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n"
        answers = [served.ask(request.format(host).encode()) for host in (*hosts, "localhost")]
    assert [answer.split(b" ", 2)[1] for answer in answers] == [b"404", b"200", b"400"]
