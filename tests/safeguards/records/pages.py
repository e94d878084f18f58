"""Views for the tests of the middleware: each opens Pat's data and answers in its own way."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import path

from keepwell.safeguards.access.declarations import open_to_all
from keepwell.safeguards.persons.models import Person
from keepwell.safeguards.records.middleware import scope_of
from keepwell.safeguards.tenancy import wall
from keepwell.safeguards.tenancy.viewer import Viewer

PAGE = (
    "{% load sealed %}<p>{{ person.name|opened }}</p><p>{{ person.email }}</p>"
    "<p>{{ request.disclosure.count }} in {{ request.disclosure.reference }}</p>"
)


class Visit:
    """What the test says about the next request."""

    viewer: Viewer | None = None
    person: UUID
    purpose = "care"


def found() -> Person:
    assert Visit.viewer is not None
    with wall.reading(Visit.viewer.organisation):
        person: Person = Person.objects.get(pk=Visit.person)
    return person


@open_to_all("a test")
def shown(request: HttpRequest) -> TemplateResponse:
    template: Any = engines["django"].from_string(PAGE)
    return TemplateResponse(request, template, {"person": found()})


@open_to_all("a test")
def opened(request: HttpRequest) -> HttpResponse:
    (person,) = scope_of(request).open([found()], "name", "born")
    return HttpResponse(person.name.open())


@open_to_all("a test")
def masked(request: HttpRequest) -> TemplateResponse:
    template: Any = engines["django"].from_string("{{ person.name }}")
    return TemplateResponse(request, template, {"person": found()})


@open_to_all("a test")
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError(len(found().name.open()))


@open_to_all("a test")
def redirected(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect("/masked")


@open_to_all("a test")
def streamed(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse([found().name.open()])


@open_to_all("a test")
def streamed_late(request: HttpRequest) -> StreamingHttpResponse:
    person = found()

    def late() -> Iterator[str]:
        yield person.name.open()

    return StreamingHttpResponse(late())


VIEWS = (shown, opened, masked, broken, redirected, streamed, streamed_late)
urlpatterns = [path(view.__name__, view) for view in VIEWS]
handler500 = "keepwell.shell.errors.server_error"


class ViewerMiddleware:
    """Stands where AccessMiddleware does, and decides for the test's viewer."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        """Pass the request on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *args: Any) -> None:
        """Set what access would set."""
        request.viewer = Visit.viewer  # type: ignore[attr-defined]
        request.access_purpose = Visit.purpose  # type: ignore[attr-defined]
