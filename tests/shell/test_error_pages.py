"""Error pages say what happened and what was kept, in two voices; never what a request held."""

from typing import Any

import pytest
from django.test import Client, RequestFactory

from keepwell.safeguards.access.errors import NotPermitted
from keepwell.safeguards.tenancy.models import Organisation
from keepwell.shell import errors
from keepwell.shell.error_words import STATUSES, words_of
from tests.shell.routes import CANARY

STATUS_OF = {
    "bad": 400,
    "broken": 500,
    "denied": 403,
    "large": 413,
    "missing": 404,
    "often": 429,
    "trail": 503,
}


@pytest.fixture
def client(stores: Any, settings: Any) -> Client:
    settings.ROOT_URLCONF = "tests.shell.routes"
    settings.ALLOWED_HOSTS = ["testserver"]
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


@pytest.mark.parametrize("how", STATUS_OF)
def test_every_failure_of_a_view_is_a_page_for_staff(client: Client, how: str) -> None:
    answer = client.get(f"/fail/{how}/")
    page = answer.content.decode()
    assert answer.status_code == STATUS_OF[how]
    assert str(words_of(STATUS_OF[how]).title) in page
    assert str(words_of(STATUS_OF[how]).kept) in page
    assert 'class="working alone"' in page


def test_a_refusal_is_said_once(client: Client, rf: RequestFactory) -> None:
    for answer in (client.get("/fail/denied/"), errors.page_of(rf.get("/"), NotPermitted())):
        page = answer.content.decode()
        assert answer.status_code == 403
        assert page.count("Nothing was opened") == page.count("refusal") == 1
        assert "written down" not in page


@pytest.mark.parametrize("how", STATUS_OF)
def test_every_failure_of_a_view_is_a_page_for_patients(
    client: Client, organisation: Organisation, how: str
) -> None:
    answer = client.get(f"/f/fail/{how}/")
    page = answer.content.decode()
    assert answer.status_code == STATUS_OF[how]
    assert str(words_of(STATUS_OF[how]).public_title) in page
    assert organisation.name in page
    assert 'href="tel:+15550100"' in page
    assert organisation.emergency_sentence in page
    assert "trail" not in page.lower()


@pytest.mark.parametrize("how", STATUS_OF)
@pytest.mark.parametrize("prefix", ["/fail/", "/f/fail/"])
def test_no_page_shows_a_value_or_a_traceback(client: Client, how: str, prefix: str) -> None:
    page = client.get(f"{prefix}{how}/?answer={CANARY}").content.decode()
    assert CANARY not in page
    assert "Traceback" not in page
    assert "routes.py" not in page


def test_an_address_that_leads_nowhere_and_one_out_of_reach_read_alike(client: Client) -> None:
    nowhere, missing = client.get("/nowhere/"), client.get("/fail/missing/")
    assert nowhere.status_code == missing.status_code == 404
    assert _without_reference(nowhere) == _without_reference(missing)


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("place", ["/nowhere/", "/fail/missing/", "/f/fail/missing/"])
def test_a_button_that_leads_nowhere_is_not_blamed_on_a_broken_link(place: str) -> None:
    here = Client(raise_request_exception=False)
    pressed, opened = here.post(place), here.get(place)
    assert pressed.status_code == opened.status_code == 404
    assert "break a link" not in pressed.content.decode()
    assert "break a link" in opened.content.decode()


def _without_reference(answer: Any) -> str:
    page: str = answer.content.decode()
    before, _, after = page.partition('reference <span class="mono">')
    return before + after.partition("</span>")[2]


@pytest.mark.parametrize(("path", "flavour"), [("/press/", "alone"), ("/f/press/", "public")])
def test_a_wrong_method_is_a_page_that_keeps_its_allow_header(
    client: Client, path: str, flavour: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert flavour in answer.content.decode()
    assert "That cannot be done this way" in answer.content.decode()


def test_a_form_without_its_token_is_refused_with_the_reason(client: Client) -> None:
    answer = client.post("/press/", {"name": CANARY})
    assert answer.status_code == 403
    assert "This page was open for too long" in answer.content.decode()
    assert CANARY not in answer.content.decode()


@pytest.mark.parametrize(("how", "seconds"), [("trail", "30"), ("often", "60")])
def test_what_passes_says_when_to_come_back(client: Client, how: str, seconds: str) -> None:
    assert client.get(f"/fail/{how}/")["Retry-After"] == seconds


def test_an_error_of_ours_speaks_in_its_own_sentence(client: Client) -> None:
    assert "Eight attempts in a minute." in client.get("/fail/often/").content.decode()


class _Falling:
    def __init__(self, get_response: Any) -> None: ...

    def __call__(self, request: Any) -> Any:
        from tests.shell.routes import TrailGoneError  # noqa: PLC0415  the settings come first

        raise TrailGoneError


def test_an_error_of_ours_raised_by_middleware_keeps_its_status(
    client: Client, settings: Any
) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}._Falling"]
    answer = client.get("/fail/trail/")
    assert answer.status_code == 503
    assert "could not have been recorded" in answer.content.decode()


def test_a_page_whose_template_fails_is_the_last_resort(
    client: Client, settings: Any, tmp_path: Any
) -> None:
    broken = tmp_path / "shell"
    broken.mkdir()
    (broken / "error.html").write_text("{% load nothing_of_that_name %}")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [str(tmp_path)]}]
    answer = client.get("/fail/broken/")
    assert answer.status_code == 500
    assert answer.content.decode() == errors.LAST_RESORT


def test_an_unknown_host_is_a_page_too(client: Client) -> None:
    answer = client.get("/fail/missing/", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "We could not read that request" in answer.content.decode()


@pytest.mark.parametrize("status", [*STATUSES, 422, 502])
def test_there_are_words_for_every_status(status: int) -> None:
    words = words_of(status)
    assert words.status == status
    assert all(map(str, (words.title, words.happened, words.kept, words.public_title)))


@pytest.mark.parametrize("status", [409, 410])
def test_what_was_understood_and_no_longer_fits_is_not_said_to_be_unreadable(status: int) -> None:
    words, unreadable = words_of(status), words_of(400)
    assert words.title != unreadable.title
    assert words.public_title != unreadable.public_title
    assert str(status) not in f"{words.title} {words.public_title}"
