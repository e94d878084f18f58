"""A page that opens is on the trail before it is sent, or it is not sent."""

from typing import Any

import pytest
from django.test import Client

from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records.errors import NoScope
from keepwell.safeguards.tenancy.viewer import Viewer
from tests.safeguards.records.outages import store_down
from tests.safeguards.records.pages import Visit
from tests.safeguards.records.readings import OPEN, entries, openings
from tests.stores.session import Stores

MIDDLEWARE = [
    "keepwell.shell.middleware.ErrorPagesMiddleware",
    "keepwell.safeguards.records.middleware.DisclosureMiddleware",
    "tests.safeguards.records.pages.ViewerMiddleware",
]
SECRETS = ("Pat Nakamura", "pat@example.org", "1961-04-02")


@pytest.fixture
def client(settings: Any, ada: Viewer, pat: Person) -> Client:
    settings.ROOT_URLCONF = "tests.safeguards.records.pages"
    settings.MIDDLEWARE = MIDDLEWARE
    settings.ALLOWED_HOSTS = ["testserver"]
    Visit.viewer, Visit.person, Visit.purpose = ada, pat.pk, "care"
    return Client(raise_request_exception=False)


def shows_nothing(content: bytes) -> bool:
    return not any(secret.encode() in content for secret in SECRETS)


def test_a_page_opens_while_it_is_rendered_and_says_where_it_is_recorded(
    client: Client, ada: Viewer
) -> None:
    response = client.get("/shown")
    (entry,) = entries(ada, OPEN)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    page = response.content.decode()
    assert "<p>Pat Nakamura</p>" in page
    assert '<span class="sealed-value">Sealed</span>' in page
    assert f"<p>1 in {entry.id}</p>" in page
    assert entry.payload is not None
    assert (entry.payload.purpose, entry.payload.actor) == ("care", ada.actor)
    assert entry.payload.subjects[0].fields == ("name",)


def test_one_request_is_one_entry(client: Client, ada: Viewer) -> None:
    assert client.get("/opened").content == b"Pat Nakamura"
    assert [one.subjects[0].fields for one in openings(ada)] == [("born", "name")]
    client.get("/opened")
    assert len(openings(ada)) == 2


def test_a_page_that_opens_nothing_leaves_no_entry(client: Client, ada: Viewer) -> None:
    response = client.get("/masked")
    assert response.content == b'<span class="sealed-value">Sealed</span>'
    assert "Cache-Control" not in response.headers
    assert client.get("/redirected").status_code == 302
    assert not openings(ada)


@pytest.mark.parametrize("page", ["/shown", "/opened"])
@pytest.mark.parametrize("store", ["trail", "keys"])
def test_with_a_store_down_the_answer_is_503_without_a_byte_of_it_and_it_recovers(
    client: Client, stores: Stores, page: str, store: str
) -> None:
    with store_down(stores, store):
        response = client.get(page)
    assert response.status_code == 503
    assert shows_nothing(response.content)
    assert shows_nothing(repr(response.headers).encode())
    assert client.get(page).status_code == 200


def test_a_view_that_fails_after_opening_is_recorded(client: Client, ada: Viewer) -> None:
    response = client.get("/broken")
    assert response.status_code == 500
    assert shows_nothing(response.content)
    assert len(openings(ada)) == 1


def test_a_stream_after_opening_is_refused_and_logged(
    client: Client, ada: Viewer, caplog: pytest.LogCaptureFixture
) -> None:
    response = client.get("/streamed")
    assert response.status_code == 500
    assert not response.streaming
    assert shows_nothing(response.content)
    assert len(openings(ada)) == 1
    assert "streamed_disclosure" in caplog.text


def test_a_stream_that_would_open_later_opens_nothing(client: Client, ada: Viewer) -> None:
    response = client.get("/streamed_late")
    with pytest.raises(NoScope):
        b"".join(response)
    assert not openings(ada)


@pytest.mark.parametrize(("known", "purpose"), [(False, "care"), (True, "")])
def test_without_viewer_or_purpose_nothing_opens(
    client: Client, ada: Viewer, known: bool, purpose: str
) -> None:
    Visit.purpose = purpose
    client.get("/masked")  # the views need the viewer to find the row, so it goes missing later
    from tests.safeguards.records import pages  # noqa: PLC0415

    person = pages.found()
    Visit.viewer = ada if known else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "found", lambda: person)
        response = client.get("/opened")
    assert response.status_code == 500
    assert shows_nothing(response.content)
    assert not openings(ada)
